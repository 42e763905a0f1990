/**
 * What a Listener's own sealed store remembers of what they passed on: enough to take it back, to hear of it if they
 * want, and to notice that something urgent hasn't gone. No word of it, and nothing that the next person could open.
 */
import type { LocalFacts } from '../sync'
import type { Letter } from './letters'

/** Among the facts of the store. */
const KEY = 'quiet'
/** Forgotten after so many days, whatever became of it. */
const MOST_DAYS = 90
/** Nothing is offered to be taken back after so many. */
const BACK_DAYS = 14
const DAY_MS = 86_400_000

/** As the server says it; the same whatever happened. */
export type State = 'received' | 'onIt' | 'closed'

export interface Kept {
  id: string
  secret: string
  /** Names the letter in the database of the device. */
  letter: string
  /** When it was saved, in milliseconds of this phone's clock. */
  at: number
  urgent: boolean
  /** Wants to hear of it. */
  tell: boolean
  state: State
  /** It is being taken back, by that letter. */
  back?: boolean
}

/** Every one that is remembered, the newest first. */
export function keptOf(local: Pick<LocalFacts, 'get'>, now: number): Kept[] {
  const all = (local.get(KEY) as Kept[] | undefined) ?? []
  return all.filter(({ at }) => now - at < MOST_DAYS * DAY_MS)
}

export async function keep(local: LocalFacts, one: Kept, now: number): Promise<void> {
  await local.set(KEY, [one, ...keptOf(local, now).filter(({ id }) => id !== one.id)])
}

export async function forget(local: LocalFacts, id: string, now: number): Promise<void> {
  await local.set(KEY, keptOf(local, now).filter((one) => one.id !== id))
}

/** Changes what is remembered of those that `change` answers something for. */
export async function update(local: LocalFacts, now: number, change: (one: Kept) => Partial<Kept> | null): Promise<void> {
  const before = keptOf(local, now)
  const next = before.map((one) => ({ ...one, ...change(one) }))
  if (JSON.stringify(next) !== JSON.stringify(before)) await local.set(KEY, next)
}

/** One that is remembered, beside its letter. */
export interface Passed extends Kept {
  /** none: it went two weeks ago, or longer. */
  went: 'waiting' | 'gone' | 'refused' | 'none'
  code: string
  /** Nobody has it yet, as far as is known here. */
  canTakeBack: boolean
}

/**
 * What is known of each. One whose letter isn't there although it should be was never saved: the phone died in
 * between, and "Saved" was not shown.
 */
export function passed(all: readonly Kept[], letters: readonly Letter[], now: number): Passed[] {
  const found: Passed[] = []
  for (const one of all) {
    const letter = letters.find(({ name }) => name === one.letter)
    const recent = now - one.at < (BACK_DAYS - 1) * DAY_MS
    if (!letter && recent) continue
    if (one.back && letter?.state === 'taken') continue
    const went = !letter ? 'none' : letter.state === 'waiting' ? 'waiting' : letter.state === 'taken' ? 'gone' : 'refused'
    found.push({ ...one, went, code: letter?.code ?? '', canTakeBack: recent && !one.back && went !== 'refused' && one.state === 'received' })
  }
  return found
}

/**
 * Urgent ones that still lie on this device after so many minutes, or that the server has put off. A clock that went
 * back doesn't hide one.
 */
export function unsent(all: readonly Passed[], minutes: number, now: number): Passed[] {
  return all.filter((one) => one.urgent && !one.back && one.went === 'waiting' && (one.code !== '' || Math.abs(now - one.at) >= minutes * 60_000))
}

export type Held = 'many' | 'cards' | 'fault' | 'refused' | ''

/** Why something urgent was not taken in, as far as it has been tried; '': nothing is known against it. */
export function heldBy({ urgent, back, went, code }: Passed): Held {
  if (!urgent || back || code === '') return ''
  if (went === 'refused') return 'refused'
  return code === 'too_many' ? 'many' : code === 'basics_first' ? 'cards' : 'fault'
}

/** What the line at the top of every page says to whoever passed them on. '': nothing. */
export type Line = '' | 'late' | 'lost'

/**
 * One that is late; or one that was refused, for somebody who may not pass on anything any more: the tile went with the
 * role, and nothing else would tell them that it is lost.
 */
export function lineOf(all: readonly Passed[], may: boolean, minutes: number, now: number): Line {
  if (unsent(all, minutes, now).length > 0) return 'late'
  return !may && all.some(({ went }) => went === 'refused') ? 'lost' : ''
}
