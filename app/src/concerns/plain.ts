/**
 * What a concern says before it is sealed, and which parts of it consent lets exist. No screen decides that: it asks here.
 */

export const ASKED = ['agreed', 'refused', 'notYet', 'cantSafely'] as const
export const NOTICED = ['missed', 'selfCare', 'confused', 'lonely', 'bereaved', 'money', 'diagnosis', 'other'] as const
export const SINCE = ['today', 'days', 'weeks', 'months', 'unsure'] as const
export const GROUNDS = ['seriousRisk', 'lackOfCapacity'] as const

export type Asked = (typeof ASKED)[number]
export type Noticed = (typeof NOTICED)[number]
export type Since = (typeof SINCE)[number]
export type Ground = (typeof GROUNDS)[number]

/** Characters that each part may have. */
export const LONGEST = { words: 1000, name: 80, reach: 120, best: 80, why: 500 } as const

/** What is chosen and typed so far. It lives in memory, and nowhere else. */
export interface Draft {
  asked: Asked | ''
  noticed: Noticed[]
  since: Since
  words: string
  /** The id of the helpline that was rung together; '' for none. */
  rang: string
  urgent: boolean
  name: string
  reach: string
  best: string
  /** They did not agree, and it is passed on all the same. */
  override: boolean
  ground: Ground | ''
  why: string
  /** Tell me when somebody has it. */
  tell: boolean
}

/** Who passes it on. Only the one who answers for concerns sees this. */
export interface By {
  member: string
  device: string
  /** A shop that they work in, or ''. */
  shop: string
  firstName: string
}

export interface Plain {
  v: 1
  asked: Asked
  noticed: Noticed[]
  since: Since
  words: string
  rang: string
  person?: { name: string; reach?: string; best?: string }
  override?: { ground: Ground; why: string }
  by: By
  at: string
}

export function emptyDraft(): Draft {
  return { asked: '', noticed: [], since: 'unsure', words: '', rang: '', urgent: false, name: '', reach: '', best: '', override: false, ground: '', why: '', tell: false }
}

/** Whether nothing was chosen or typed yet. */
export function isEmpty(draft: Draft): boolean {
  return JSON.stringify(draft) === JSON.stringify(emptyDraft())
}

/** Whether the form has fields for who it is about: with their agreement, or on the way that goes to the lead alone. */
export function isNamed(draft: Draft): boolean {
  return draft.asked === 'agreed' || isOverride(draft)
}

/** The way past consent. Of somebody who agreed there is nothing to pass. */
export function isOverride(draft: Draft): boolean {
  return draft.override && draft.asked !== '' && draft.asked !== 'agreed'
}

export type Missing = 'asked' | 'noticed' | 'name' | 'ground' | 'why' | 'basics' | 'long'

/** What must be mended before it can be saved, in the order of the form. `basics`: this Listener has done the cards. */
export function missing(draft: Draft, basics: boolean): Missing[] {
  const found: Missing[] = []
  if (draft.asked === '') found.push('asked')
  if (isOverride(draft) && draft.ground === '') found.push('ground')
  if (isOverride(draft) && tidy(draft.why) === '') found.push('why')
  if (isNamed(draft) && !basics) found.push('basics')
  else if (isNamed(draft) && !isName(draft.name)) found.push('name')
  if (draft.noticed.length === 0) found.push('noticed')
  if (Object.entries(LONGEST).some(([part, most]) => [...draft[part as keyof typeof LONGEST]].length > most)) found.push('long')
  return found
}

/**
 * The concern as it is sealed. What consent gives no place to isn't in it, also when it was typed before the answer
 * was changed.
 */
export function plainOf(draft: Draft, by: By, at: string): Plain {
  if (draft.asked === '') throw new Error('nobody has said whether they were asked')
  const person = isNamed(draft) ? { name: line(draft.name), ...said('reach', draft.reach), ...said('best', draft.best) } : undefined
  return {
    v: 1,
    asked: draft.asked,
    noticed: NOTICED.filter((one) => draft.noticed.includes(one)),
    since: draft.since,
    words: tidy(draft.words),
    rang: draft.rang,
    ...(person ? { person } : {}),
    ...(isOverride(draft) && draft.ground ? { override: { ground: draft.ground, why: tidy(draft.why) } } : {}),
    by,
    at,
  }
}

function said<K extends string>(key: K, text: string): Partial<Record<K, string>> {
  const clean = line(text)
  return clean ? ({ [key]: clean } as Record<K, string>) : {}
}

/** What can't be seen and is no part of a word. A server refuses it, and a worry must not be lost to a stray character. */
const UNSEEN = /[^\P{C}\n\u200D]|(?![\u200D\p{VS}])\p{DI}|(?:^|(?<lead>\s))[\u200D\p{VS}]+|\u200D+(?=\s|$)/gu

/** Text as everybody writes it: line ends, accents, nothing unseen, nothing at the ends. */
function tidy(text: string): string {
  return text.normalize('NFC').replace(/\r\n?|[\u2028\u2029]/g, '\n').replace(/\t/g, ' ').replace(UNSEEN, '$<lead>').trim()
}

function line(text: string): string {
  return tidy(text).replace(/\s+/g, ' ')
}

/** Of a name, what would be left as one: a title alone names nobody. */
function isName(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(line(text).toLowerCase().replace(/\b(mr|mrs|ms|miss|mx|dr|rev|sir|lady)\b\.?/g, ''))
}

/** The hour in which it was written, as it goes in the clear: no finer. */
export function hourOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 13)
}
