/** By when a report must be answered, in words. */
import { daysBetween, dayOf } from '../ui/dates'
import { desk as said } from '../words/desk'

export interface Due {
  /** The last day, `YYYY-MM-DD`; '' when there is none. */
  day: string
  /** "3 days left", "2 days late". */
  text: string
  tone: 'calm' | 'soon' | 'late'
}

const SOON_DAYS = 3

/** `stamp`: of the report. `today`: in the zone. */
export function dueOf(stamp: string, today: string, zone: string): Due {
  const day = stamp.length > 10 ? dayOf(Date.parse(stamp), zone) : stamp
  if (!day) return { day: '', text: '', tone: 'calm' }
  const left = daysBetween(today, day)
  if (left < 0) return { day, text: said.reports.late(-left), tone: 'late' }
  return { day, text: said.reports.left(left), tone: left <= SOON_DAYS ? 'soon' : 'calm' }
}
