/** When something came of which only the hour is known: no words of it say more than that. */
import { clock, dayOf, daysBetween } from '../ui/dates'
import { triage as said } from '../words/triage'

const HOUR_MS = 3_600_000

/** `received`: the beginning of that hour. */
export function cameWords(received: number, now: number, zone: string): string {
  if (now - received < HOUR_MS) return said.cameNow
  const days = daysBetween(dayOf(received, zone), dayOf(now, zone))
  if (days > 1) return said.cameDaysAgo(days)
  const [from, to] = [clock(received, zone), clock(received + HOUR_MS, zone)]
  return days < 1 ? said.cameToday(from, to) : said.cameYesterday(from, to)
}
