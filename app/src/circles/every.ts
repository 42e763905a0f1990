/**
 * Which occurrences whoever comes every time is given, as the server's internal/rota says it: those of the weeks ahead
 * that are on. Each fourth stays open for others until it is near.
 */
import { occurrences, type Schedule } from '../calendar'

const DAY = 86_400_000
const AHEAD = 5 * 7 * DAY
/** So long before it the fourth is given, too; what is nearer stays whoever's it is when "every time" ends. */
export const OPEN_LAST = 7 * DAY
const FOURTH = 4
const MOST = 10_000

/** Names of those that are given at `now`. */
export function filled(schedule: Schedule, now: number): string[] {
  const all = occurrences(schedule, 0, now + AHEAD, MOST).sort((a, b) => (a.key < b.key ? -1 : 1))
  const given = all.filter((one, index) => {
    const open = index % FOURTH === FOURTH - 1 && one.start > now + OPEN_LAST
    return !one.cancelled && one.start > now && one.start <= now + AHEAD && !open
  })
  return given.map(({ key }) => key)
}
