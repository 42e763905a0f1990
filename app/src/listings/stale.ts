import { daysBetween } from '../ui/dates'

/** After this many days a person should ring before they set out. */
const STALE_DAYS = 90
const DAY = /^\d{4}-\d{2}-\d{2}$/

/** Whether nobody has made sure for long that a listing is right. `checked`: a date, or ''. A time behind it is ignored. */
export function isStale(checked: string, today: string): boolean {
  const day = checked.slice(0, 10)
  return !DAY.test(day) || daysBetween(day, today) > STALE_DAYS
}
