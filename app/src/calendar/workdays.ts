/**
 * Working days of England and Wales: no weekend, no bank holiday. Beyond the years of the list only weekends are known.
 * The same rule as in internal/calendar/workdays.go.
 */
import { closedFor } from './holidays'
import { DAY, zoneNamed } from './zone'

const ALL = ['*']
const keyOf = (wall: number): string => new Date(wall).toISOString().slice(0, 10)

/** Whether people are at work on a day, `YYYY-MM-DD`. */
export function isWorking(day: string): boolean {
  const weekday = new Date(`${day}T00:00Z`).getUTCDay()
  return weekday !== 0 && weekday !== 6 && closedFor(ALL, day) === ''
}

/** The same time of day on the next working day. Walls, as in zone.ts. */
function nextWorking(wall: number): number {
  let next = wall + DAY
  while (!isWorking(keyOf(next))) next += DAY
  return next
}

/**
 * When so many working days are over, counted from an instant, in milliseconds. What comes on a day on which nobody is
 * at work counts from the beginning of the next one. It is counted on the clock on the wall, so that a clock change makes no day longer.
 */
export function afterWorkingDays(from: number, days: number, zone: string): number {
  const there = zoneNamed(zone)
  const wall = from + (there?.offset(from) ?? 0)
  let at = isWorking(keyOf(wall)) ? wall : nextWorking(Math.floor(wall / DAY) * DAY)
  for (let left = days; left > 0; left--) at = nextWorking(at)
  return there ? there.place(at) : at
}
