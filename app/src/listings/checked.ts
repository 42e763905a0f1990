/**
 * When somebody last made sure that a listing is right (C1), in words.
 */
import { daysBetween } from '../ui/dates'
import { ago as said, checked as sentences, near } from '../words/ago'
import { isStale } from './stale'

export interface CheckedWords {
  text: string
  stale: boolean
}

function ago(days: number): string {
  if (days <= 0) return near.today
  if (days === 1) return near.yesterday
  if (days < 14) return said.daysAgo(days)
  if (days < 61) return said.weeksAgo(Math.floor(days / 7))
  if (days < 730) return said.monthsAgo(Math.floor(days / 30.44))
  return said.yearsAgo(Math.floor(days / 365.25))
}

/** `checked` is a date, or '' when nobody has. A time behind the date is ignored. */
export function checkedWords(checked: string, today: string): CheckedWords {
  const days = daysBetween(checked.slice(0, 10), today)
  const stale = isStale(checked, today)
  if (Number.isNaN(days)) return { text: sentences.never, stale }
  return { text: stale ? sentences.stale(ago(days)) : sentences.fresh(ago(days)), stale }
}
