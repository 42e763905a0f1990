/**
 * Every word on screen, by language. Screens that come later in their own file bring their own words
 * (words/hosting.ts and so on), so that the first visit stays small.
 *
 * Plain English after GOV.UK: short, sentence case, no jargon, no blame.
 */
import { common } from './common'

export const words = common

/** What the Intl of browsers has no name for, and people here speak or sign. */
const LACKING: Record<string, string> = { bfi: 'British Sign Language', isg: 'Irish Sign Language', sgn: 'Sign language', syl: 'Sylheti', phr: 'Pahari', skr: 'Saraiki' }

let names: Intl.DisplayNames | null = null
const languages = new Map<string, string>()

/** "Spanish" for `es`; the tag itself where the browser has no name for it. */
export function displayLanguage(tag: string): string {
  let name = languages.get(tag)
  if (name === undefined) languages.set(tag, (name = askForName(tag)))
  return name
}

function askForName(tag: string): string {
  names ??= new Intl.DisplayNames(['en-GB'], { type: 'language' })
  try {
    const name = names.of(tag) ?? tag
    return LACKING[name] ?? name
  } catch {
    return tag
  }
}
