/**
 * Every word on screen, by language. Screens that come later in their own file bring their own words
 * (words/hosting.ts and so on), so that the first visit stays small.
 *
 * Plain English after GOV.UK: short, sentence case, no jargon, no blame.
 */
import { common } from './common'

export const words = common

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
    return names.of(tag) ?? tag
  } catch {
    return tag
  }
}
