/** When a phone was last here, as people say it. */
import { dayWords, daysBetween } from '../ui/dates'
import { words } from '../words'
import { near } from '../words/ago'

/** "today", "yesterday", "Tuesday", "Tuesday 3 March"; '' when it was never seen. `day`: YYYY-MM-DD or ''. */
export function seenWords(day: string, today: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return ''
  const ago = daysBetween(day, today)
  if (ago <= 0) return near.today
  if (ago === 1) return near.yesterday
  return ago < 7 ? (words.dates.weekdays[new Date(`${day}T00:00Z`).getUTCDay()] ?? '') : dayWords(day, today)
}
