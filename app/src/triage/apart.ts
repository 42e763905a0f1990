/** What tells one concern from another, without a word of either. */
import { clock, dayOf, dayWords } from '../ui/dates'
import { triage as said } from '../words/triage'
import type { Concern } from './queue'

const HOUR_MS = 3_600_000
const LETTERS = 4

/** Short enough to say on the phone, and on every screen the same: the end of its id. */
export function markOf({ id }: Pick<Concern, 'id'>): string {
  return said.mark(id.slice(-LETTERS).toUpperCase())
}

/** "Came on Wednesday 25 November, between 3pm and 4pm": only the hour is known. */
export function cameHour(received: number, zone: string, today: string): string {
  return said.cameHour(dayWords(dayOf(received, zone), today), clock(received, zone), clock(received + HOUR_MS, zone))
}
