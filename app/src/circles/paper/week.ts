/**
 * The week of a circle's person on paper: what is on, when, and who comes. Helpers by first name alone; where the person
 * lives and whom to ring are on no sheet.
 */
import { occurrences, type Occurrence, type Schedule } from '../../calendar'
import type { Row } from '../../sync'
import { derived } from '../../sync/effects/derived'
import { addDays, midnight } from '../../ui/dates'

export interface Entry {
  id: string
  slot: string
  when: Occurrence
  kind: string
  start: string
  end: string
  note: string
  /** First name of who comes; '': nobody yet. */
  who: string
}

type Rows = (collection: string) => ReadonlyMap<string, Row>

/** More than anybody can take in, and a schedule that went wrong still ends. */
const MOST = 60

/** The Monday of the week of a day. */
export function mondayOf(day: string): string {
  const weekday = new Date(`${day}T00:00Z`).getUTCDay()
  return addDays(day, -((weekday + 6) % 7))
}

/** What is planned in `days` days from `first`, in order; what is off is among them. */
export function entriesOf(rows: Rows, circle: string, first: string, days: number, zone: string): Entry[] {
  const slots = [...rows('slots').values()].filter((row) => row.circle === circle && row.status !== 'over')
  const [from, to] = [midnight(first, zone), midnight(addDays(first, days), zone)]
  const found = slots.flatMap((slot) => occurrences((slot.schedule ?? []) as Schedule, from, to, MOST).filter((when) => when.start >= from).map((when) => entry(rows, slot, when)))
  return found.sort((a, b) => a.when.start - b.when.start || (a.slot < b.slot ? -1 : 1)).slice(0, MOST)
}

function entry(rows: Rows, slot: Row, when: Occurrence): Entry {
  const turn = rows('turns').get(derived('turn', slot.id, when.key))
  return {
    id: `${slot.id} ${when.key}`, slot: slot.id, when, kind: String(slot.kind), start: String(slot.start ?? ''), end: String(slot.end ?? ''), note: String(when.note || ''),
    who: turn?.status === 'taken' ? String(turn.helperName) : '',
  }
}

/** Those that somebody is still wanted for. */
export const openOf = (entries: readonly Entry[]): Entry[] => entries.filter(({ who, when }) => who === '' && !when.cancelled)

/** In parts that each fit a sheet, as even as can be: two sheets of four, not one of six and one of two. */
export function inSheets<T>(all: readonly T[], most: number): T[][] {
  const sheets = Math.max(1, Math.ceil(all.length / most))
  const each = Math.ceil(all.length / sheets)
  return Array.from({ length: sheets }, (_, at) => all.slice(at * each, (at + 1) * each))
}

/** Helpers that are in, by name: whom the organiser may ring. */
export function helpersOf(rows: Rows, circle: string): { id: string; name: string }[] {
  const wishes = new Map([...rows('circleWishes').values()].filter((row) => row.circle === circle).map((row) => [row.helper, row.wish]))
  const those = [...rows('circleHelpers').values()].filter((row) => row.circle === circle && row.status === 'in')
  const rank = (id: string) => (wishes.get(id) === 'preferred' ? 0 : 1)
  return those.map((row) => ({ id: row.id, name: String(row.firstName) })).sort((a, b) => rank(a.id) - rank(b.id) || a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1))
}
