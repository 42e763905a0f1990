/**
 * The sessions whose register can be kept now, and which of them somebody means who just says "the door".
 */
import { occurrences, type Occurrence, type Schedule } from '../calendar'

const HOUR = 3_600_000
/** As the server's limits say: a register opens a day before, and can be put right for two weeks after. */
export const EARLY = 24 * HOUR
export const LATE = 14 * 24 * HOUR
/** Chairs are set out about an hour before. */
const SOON = HOUR
const AHEAD = 400 * 24 * HOUR
const MOST = 60

const endOf = (one: Occurrence): number => Math.max(one.end, one.start + 1)

/** Whether anybody can have been seen at it yet, and whether it is over for good. */
export const isEarly = (one: Occurrence, now: number): boolean => now < one.start - EARLY
export const isLate = (one: Occurrence, now: number): boolean => now > one.end + LATE
export const isPast = (one: Occurrence, now: number): boolean => endOf(one) <= now

/** Those of the last two weeks that took place, the latest first. */
export function recent(schedule: Schedule, now: number): Occurrence[] {
  return occurrences(schedule, now - LATE, now, MOST).filter((one) => !one.cancelled && isPast(one, now)).reverse()
}

/** The one that is on or about to be; else the latest of today, `dayBegan` being when; else the next; else the latest. */
export function nearest(schedule: Schedule, now: number, dayBegan: number): Occurrence | undefined {
  const [next] = occurrences(schedule, now, now + AHEAD, MOST).filter((one) => !one.cancelled)
  const [last] = recent(schedule, now)
  if (next && next.start - SOON <= now) return next
  if (last && last.end >= dayBegan) return last
  return next ?? last
}
