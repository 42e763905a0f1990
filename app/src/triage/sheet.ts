/** A hand-over in words: the same lines on paper and in a message. */
import { triage as said } from '../words/triage'
import type { Text } from './fit'
import type { Sheet } from './handover'

export const ASK_LETTERS = 300

/** Of one line: what it is about, and what it says. */
export type Line = [label: string, text: string]

/** What is the same on every sheet of a community. */
export interface From {
  community: string
  day: string
  /** Who hands it over, and the number to ring. */
  contact: string
}

export function linesOf(sheet: Sheet, ask: string): Line[] {
  const { person, noticed, since, words, override } = sheet
  const lines: Line[] = []
  const say = (label: string, text: string) => text !== '' && lines.push([label, text])
  if (person) {
    say(said.who, person.name)
    say(said.reach, person.reach)
    say(said.best, person.best)
  }
  say(said.noticed, noticed.map((one) => said.noticedWords[one]).join(', '))
  if (since) say(said.since, said.sinceWords[since])
  say(said.words, words)
  if (override) say(said.sheet.notAgreed, `${said.ground[override.ground]}. ${override.why}`)
  say(said.sheet.ask, ask.trim())
  return lines
}

/** What stands under the title: that they agreed, or that nobody is named. */
export function footingOf(sheet: Sheet): string {
  if (sheet.agreed) return said.sheet.agreed
  return sheet.override ? '' : said.sheet.unnamed
}

/** All that stands on paper, in its order. */
export function textOf(sheet: Sheet, ask: string, from: From): Text {
  return {
    title: said.sheet.title(said.sheet.to[sheet.to]), above: [said.sheet.from(from.community, from.day), footingOf(sheet)].filter(Boolean),
    lines: [...linesOf(sheet, ask), [said.sheet.contact, from.contact]], below: said.sheet.keep,
  }
}

/** The same as a message. */
export function messageOf(sheet: Sheet, ask: string, from: From): string {
  const head = `${said.sheet.title(said.sheet.to[sheet.to])}. ${said.sheet.from(from.community, from.day)}.`
  const lines = linesOf(sheet, ask).map(([label, text]) => (label.endsWith(':') ? `${label} ${text}` : `${label}: ${text}`))
  return [head, footingOf(sheet), ...lines, `${said.sheet.contact}: ${from.contact}`, said.sheet.keep].filter(Boolean).join('\n')
}
