import { ago, near as said } from '../words/ago'
import { daysBetween, dayWords } from './dates'

/** "just now", "5 minutes ago", "3 hours ago", "2 days ago": how long ago something was. */
export function agoWords(ms: number, now: number): string {
  const minutes = Math.max(0, Math.floor((now - ms) / 60_000))
  if (minutes < 2) return ago.justNow
  if (minutes < 60) return ago.minutesAgo(minutes)
  if (minutes < 48 * 60) return ago.hoursAgo(Math.max(1, Math.floor(minutes / 60)))
  return ago.daysAgo(Math.floor(minutes / 1440))
}

/** In the middle of a sentence: "today", "tomorrow", "yesterday", or "on Thursday 4 June". */
export function onDayWords(day: string, today: string): string {
  const near: Record<number, string> = { [-1]: said.yesterday, 0: said.today, 1: said.tomorrow }
  return near[daysBetween(today, day)] ?? said.on(dayWords(day, today))
}
