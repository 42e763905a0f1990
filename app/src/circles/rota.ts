/**
 * A circle's rota as one phone knows it: which turns come, whose each is, and what somebody may do with it. Only from
 * rows that this phone holds.
 */
import { occurrences, type Schedule } from '../calendar'
import type { Row } from '../sync'
import { derived } from '../sync/effects/derived'
import { wallOf } from '../ui/dates'

export type Rows = (collection: string) => ReadonlyMap<string, Row>

/** What one phone holds. `who`: its member, or whom they act for. `holders`: under which names a row is held. */
export interface Held {
  rows: Rows
  holders: (collection: string, id: string) => readonly string[]
  who: string
}

/** What somebody is in a circle. */
export interface Part {
  /** The circle is around them. */
  person: boolean
  organiser: boolean
  /** They keep it in order: organisers do, and the person. */
  runs: boolean
  /** Their own row as a helper, if they are or were one. */
  helper?: Row
  /** They were let in. */
  helps: boolean
}

/** Rows of these are held under the name of whom they are of, or of whom one acts for. */
export const isOwn = ({ holders, who }: Held, collection: string, id: string): boolean => {
  const names = holders(collection, id)
  return names.includes(`member/${who}`) || names.includes(`helped/${who}`)
}

export function partIn(held: Held, circle: string): Part {
  const person = isOwn(held, 'circles', circle)
  const organiser = held.holders('circles', circle).includes(`organise/${circle}`)
  const helper = ownHelpers(held).find((row) => row.circle === circle)
  return { person, organiser, runs: person || organiser, helper, helps: helper?.status === 'in' }
}

/** Their own rows as helpers; of one circle the one that stands first. */
export function ownHelpers(held: Held): Row[] {
  const order: Record<string, number> = { in: 0, asked: 1, over: 2 }
  const own = [...held.rows('circleHelpers').values()].filter((row) => isOwn(held, 'circleHelpers', row.id))
  return own.sort((a, b) => (order[a.status] ?? 3) - (order[b.status] ?? 3))
}

export type State = 'free' | 'mine' | 'taken' | 'off'

/** One occurrence of something to help with. */
export interface Turn {
  /** As the server names it; both sides make it from what it is. */
  id: string
  slot: Row
  /** Names it: its first local start, which stays when it is moved. */
  occurrence: string
  start: number
  end: number
  state: State
  /** It was moved from when it would have been. */
  moved: boolean
  /** Why it is off, where something says so: a bank holiday's name. */
  note: string
  /** Whose it is: the id of the helper, and their first name. */
  helper: string
  name: string
  /** They come every time. */
  every: boolean
}

/** What names a turn among others. */
export const keyOf = ({ slot, occurrence }: { slot: string; occurrence: string }): string => `${slot} ${occurrence}`

const MOST = 200

/** The turns of a circle that end after `from` and begin before `to`, in order. */
export function rotaOf(held: Held, circle: string, from: number, to: number): Turn[] {
  const own = partIn(held, circle).helper?.id ?? ''
  const taken = new Map<string, Row>()
  for (const row of held.rows('turns').values()) if (row.circle === circle) taken.set(keyOf(row as unknown as { slot: string; occurrence: string }), row)
  const slots = [...held.rows('slots').values()].filter((row) => row.circle === circle && row.status !== 'over')
  const turns = slots.flatMap((slot) =>
    occurrences((slot.schedule ?? []) as Schedule, from, to, MOST).map((one): Turn => {
      const row = taken.get(keyOf({ slot: slot.id, occurrence: one.key }))
      const has = row?.status === 'taken' && row.helper !== ''
      const zone = (slot.schedule as Schedule)[0]?.zone ?? 'Europe/London'
      return {
        id: row?.id ?? derived('turn', slot.id, one.key), slot, occurrence: one.key, start: one.start, end: one.end, note: one.note,
        state: one.cancelled ? 'off' : !has ? 'free' : own !== '' && row.helper === own ? 'mine' : 'taken',
        moved: wallOf(one.start, zone) !== one.key,
        helper: has ? String(row.helper) : '', name: has ? String(row.helperName ?? '') : '', every: has && row.every === true,
      }
    }),
  )
  return turns.filter((turn) => turn.end > from).sort((a, b) => a.start - b.start || (a.slot.id < b.slot.id ? -1 : 1))
}

/** The next turn that nobody has. */
export const nextFree = (turns: readonly Turn[], now: number): Turn | undefined => turns.find((turn) => turn.state === 'free' && turn.start > now)

/** Turns by the day they are on. */
export function byDay(turns: readonly Turn[], dayOf: (start: number) => string): [day: string, turns: Turn[]][] {
  const days = new Map<string, Turn[]>()
  for (const turn of turns) {
    const day = dayOf(turn.start)
    days.set(day, [...(days.get(day) ?? []), turn])
  }
  return [...days]
}

/** Whether they stand by for a turn. Of others' it is known to those who run the circle. */
export function standsBy(held: Held, { slot, occurrence }: Turn): boolean {
  return [...held.rows('standbys').values()].some((row) => row.slot === slot.id && row.occurrence === occurrence && isOwn(held, 'standbys', row.id))
}

/** First names of who stands by, for those who run the circle. */
export function standingBy({ rows }: Held, { slot, occurrence }: Turn): string[] {
  return [...rows('standbys').values()].filter((row) => row.slot === slot.id && row.occurrence === occurrence).map((row) => String(row.firstName ?? ''))
}

/** Who comes every time; undefined: nobody said so. */
export const everyOf = ({ rows }: Held, slot: string): Row | undefined => [...rows('everies').values()].find((row) => row.slot === slot)

export interface Someone {
  id: string
  name: string
}

/**
 * Whom a turn can be passed to. Those who run the circle know all who help; a helper knows those who have a turn, whose
 * names stand on the rota anyway.
 */
export function others(held: Held, circle: string): Someone[] {
  const { helper } = partIn(held, circle)
  const found = new Map<string, string>()
  for (const row of held.rows('turns').values()) if (row.circle === circle && row.status === 'taken' && row.helper) found.set(String(row.helper), String(row.helperName ?? ''))
  for (const row of held.rows('everies').values()) if (row.circle === circle && row.helper) found.set(String(row.helper), String(row.helperName ?? ''))
  for (const row of held.rows('circleHelpers').values()) {
    if (row.circle !== circle) continue
    if (row.status === 'in') found.set(row.id, String(row.firstName ?? ''))
    else found.delete(row.id)
  }
  if (helper) found.delete(helper.id)
  return Array.from(found, ([id, name]) => ({ id, name })).sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1))
}

/** Swaps that wait for this person's answer. */
export function askedOf(held: Held, circle = ''): Row[] {
  const own = new Set(ownHelpers(held).map((row) => row.id))
  return [...held.rows('swaps').values()].filter((row) => row.status === 'asked' && own.has(row.helper) && (circle === '' || row.circle === circle))
}

/** The swap that this person has asked for, of one turn. */
export function askingOf(held: Held, { slot, occurrence }: Turn): Row | undefined {
  const own = new Set(ownHelpers(held).map((row) => row.id))
  return [...held.rows('swaps').values()].find((row) => row.status === 'asked' && row.slot === slot.id && row.occurrence === occurrence && !own.has(row.helper))
}

/** One circle among all of somebody's. */
export interface Mine extends Part {
  circle: Row
  next?: Turn
  free: number
  /** Turns of the next weeks that are on, whoever has them. */
  on: number
  /** Helpers who wait to be let in, and swaps that wait for an answer. */
  todo: number
}

const WEEKS = 4 * 7 * 86_400_000

/** All circles of this person, those that are open first. Of one they asked to help in they hold no more than their own row. */
export function mineOf(held: Held, now: number): Mine[] {
  const found = [...held.rows('circles').values()].map((circle): Mine => {
    const part = partIn(held, circle.id)
    const turns = circle.status === 'closed' ? [] : rotaOf(held, circle.id, now, now + WEEKS)
    const waiting = part.runs ? [...held.rows('circleHelpers').values()].filter((row) => row.circle === circle.id && row.status === 'asked').length : 0
    return {
      ...part, circle, next: turns.find((turn) => turn.state === 'mine'), free: turns.filter((turn) => turn.state === 'free' && turn.start > now).length,
      on: turns.filter((turn) => turn.state !== 'off').length,
      todo: waiting + askedOf(held, circle.id).length,
    }
  })
  return found.sort((a, b) => Number(a.circle.status === 'closed') - Number(b.circle.status === 'closed') || String(a.circle.name).localeCompare(String(b.circle.name)))
}
