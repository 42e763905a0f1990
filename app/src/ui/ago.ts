import { ago } from '../words/ago'

/** "just now", "5 minutes ago", "3 hours ago", "2 days ago": how long ago something was. */
export function agoWords(ms: number, now: number): string {
  const minutes = Math.max(0, Math.floor((now - ms) / 60_000))
  if (minutes < 2) return ago.justNow
  if (minutes < 60) return ago.minutesAgo(minutes)
  if (minutes < 48 * 60) return ago.hoursAgo(Math.max(1, Math.floor(minutes / 60)))
  return ago.daysAgo(Math.floor(minutes / 1440))
}
