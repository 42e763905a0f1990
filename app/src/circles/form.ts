/**
 * The forms of circles without their screens: what is typed, what is wrong with it, and what looks as if it shouldn't be
 * told to everybody.
 */
import type { Schedule } from '../calendar'
import type { Row } from '../sync'
import type { Mistake } from '../ui/ErrorSummary.svelte'
import { minutesOf, readRepeat, scheduleOf, type When } from '../ui/repeat'
import { circles } from '../words/circles'

export const REQUIRES = ['known', 'reference', 'dbs'] as const
export type Requires = (typeof REQUIRES)[number]

const lettersOf = (text: string): number => [...text.trim()].length

export interface Circle {
  name: string
  personName: string
  words: string
  requires: Requires
}

export function circleMistakes(typed: Circle): Mistake[] {
  const said = circles.start.mistakes
  const found: Mistake[] = []
  if (!typed.name.trim()) found.push({ field: 'name', text: said.name })
  else if (lettersOf(typed.name) > 60) found.push({ field: 'name', text: said.nameLong })
  if (!typed.personName.trim()) found.push({ field: 'personName', text: said.personName })
  else if (lettersOf(typed.personName) > 40) found.push({ field: 'personName', text: said.personNameLong })
  if (lettersOf(typed.words) > 300) found.push({ field: 'words', text: said.words })
  return found
}

/** The columns that commands take. */
export const columnsOfCircle = ({ name, personName, words, requires }: Circle): Circle => ({ name: name.trim(), personName: personName.trim(), words: words.trim(), requires })

export interface Slot extends When {
  kind: string
  start: string
  end: string
  note: string
  /** The times stay as they are, whatever they are. */
  keep: boolean
}

/** Of most things both ways are from home; each can be changed. */
const PLACES: Record<string, [start: string, end: string]> = { walk: ['home', ''], gp: ['home', 'the surgery'], pharmacy: ['the pharmacy', 'home'], lunch: ['home', ''], post: ['the post office', 'home'], company: ['home', ''], other: ['', ''] }

/** What a form for that kind begins with. */
export const placesOf = (kind: string): [start: string, end: string] => PLACES[kind] ?? ['', '']

/** A form for something new; `date`: the day to propose. */
export function blankSlot(date: string): Slot {
  const [start, end] = placesOf('walk')
  return { kind: 'walk', start, end, note: '', keep: false, date, time: '', ends: '', repeat: 'week', holidays: false }
}

/** What the form shows of something that is on the rota already. */
export function slotOf(row: Row, date: string): Slot {
  const schedule = (row.schedule ?? []) as Schedule
  const plain = schedule.map((item) => ({ ...item, changes: [] }))
  const when = readRepeat(plain)
  return { ...blankSlot(date), ...(when ?? {}), kind: row.kind, start: row.start ?? '', end: row.end ?? '', note: row.note ?? '', keep: true }
}

export function slotMistakes(typed: Slot): Mistake[] {
  const said = circles.slot.mistakes
  const found: Mistake[] = []
  if (!typed.start.trim() && !typed.end.trim()) found.push({ field: 'start', text: said.where })
  for (const field of ['start', 'end'] as const) if (lettersOf(typed[field]) > 80) found.push({ field, text: said.long })
  if (lettersOf(typed.note) > 120) found.push({ field: 'note', text: said.note })
  return typed.keep ? found : [...found, ...whenMistakes(typed)]
}

const CLOCK = /^\d{2}:\d{2}$/
/** Minutes that the server takes at least (hooks/circles). */
const SHORTEST = 5

export function whenMistakes({ date, time, ends }: Pick<When, 'date' | 'time' | 'ends'>): Mistake[] {
  const said = circles.slot.mistakes
  const found: Mistake[] = []
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) found.push({ field: 'date', text: said.date })
  if (!CLOCK.test(time)) found.push({ field: 'time', text: said.time })
  // When it is over must be known: then an address goes from its helper's phone.
  if (!CLOCK.test(ends)) found.push({ field: 'ends', text: said.endsWhen })
  else if (ends <= time) found.push({ field: 'ends', text: said.ends })
  else if (CLOCK.test(time) && minutesOf(ends) - minutesOf(time) < SHORTEST) found.push({ field: 'ends', text: said.endsSoon })
  return found
}

/** The columns that commands take; the schedule only where it is set. */
export function columnsOfSlot(typed: Slot, zone: string): Record<string, unknown> {
  const columns = { kind: typed.kind, start: typed.start.trim(), end: typed.end.trim(), note: typed.note.trim() }
  return typed.keep ? columns : { ...columns, schedule: scheduleOf(typed, zone) }
}

/** Words by which a reason is known. Gently: what is found is only asked about. */
const REASONS =
  /\b(because|ill(ness)?|sick|cancer|chemo\w*|dialysis|dementia|alzheimer\w*|memory clinic|stroke|depress\w*|anxi\w*|heart failure|diabet\w*|incontinen\w*|wound|surgery for|operation|hospital|oncolog\w*|psychiatr\w*|counsell\w*|therap(y|ist)|blood test|scan|x-?ray|physio\w*|clinic|nurse|prescription for|medicat\w*|tablets?|fell|falls?|frail|confused|blind|deaf|wheelchair|benefits?|debt|bailiff|court|probation|funeral|bereave\w*)\b/i

/** Whether a text seems to say why. */
export const tellsWhy = (...texts: string[]): boolean => texts.some((text) => REASONS.test(text))

const ADDRESSES = [/\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b/i, /\b(door|gate|key ?safe|alarm)\s*(code|number)?\W*\d{3,}/i, /\bcode\b/i, /(\+44|\b0)\s*\d(?:[\s-]*\d){8,}/, /\b(flat|no\.?)\s*\d+/i, /\b\d{1,4}[a-z]?\s+([A-Z]\w+\s+)+(road|street|lane|avenue|close|drive|way|rd|st|ln|ave)\b/i]

/** Whether a text seems to say where somebody lives, their number or a code: everybody in a circle reads it. */
export const tellsWhere = (...texts: string[]): boolean => texts.some((text) => ADDRESSES.some((one) => one.test(text)))
