/**
 * When somebody last made sure that a listing is right (C1), in words.
 */
import { daysBetween } from '../ui/dates'
import { words } from '../words'

/** After this many days a person should ring before they set out. */
export const STALE_DAYS = 90

export interface CheckedWords {
  text: string
  stale: boolean
}

function ago(days: number): string {
  if (days <= 0) return words.dates.todayLower
  if (days === 1) return words.dates.yesterday
  if (days < 14) return words.dates.daysAgo(days)
  if (days < 61) return words.dates.weeksAgo(Math.floor(days / 7))
  if (days < 730) return words.dates.monthsAgo(Math.floor(days / 30.44))
  return words.dates.yearsAgo(Math.floor(days / 365.25))
}

/** `checked` is a date, or '' when nobody has. A time behind the date is ignored. */
export function checkedWords(checked: string, today: string): CheckedWords {
  const day = checked.slice(0, 10)
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return { text: words.checked.never, stale: true }
  const days = daysBetween(day, today)
  const stale = days > STALE_DAYS
  return { text: stale ? words.checked.stale(ago(days)) : words.checked.fresh(ago(days)), stale }
}
