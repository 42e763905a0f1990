/** When a phone was last here, as people say it. */
import { dayWords, daysBetween } from '../ui/dates'
import { words } from '../words'

/** "today", "yesterday", "Tuesday", "Tuesday 3 March"; '' when it was never seen. `day`: YYYY-MM-DD or ''. */
export function seenWords(day: string, today: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return ''
  const ago = daysBetween(day, today)
  if (ago <= 0) return words.dates.todayLower
  if (ago === 1) return words.dates.yesterday
  return ago < 7 ? (words.dates.weekdays[new Date(`${day}T00:00Z`).getUTCDay()] ?? '') : dayWords(day, today)
}
