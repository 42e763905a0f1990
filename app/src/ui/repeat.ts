/**
 * The few rhythms that the form offers, as rules and back. Whatever else a schedule holds is left alone.
 */
import type { Schedule } from '../calendar'
import { addDays } from './dates'
import { words } from '../words'
import { hosting as said } from '../words/hosting'

export const REPEATS = ['once', 'week', 'fortnight', 'month'] as const
export type Repeat = (typeof REPEATS)[number]

const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']

/** What the form says about when. Times are wall-clock: `date` 2026-06-04, `time` and `ends` 10:30. */
export interface When {
  date: string
  time: string
  ends: string
  repeat: Repeat
  holidays: boolean
}

const weekday = (date: string): number => new Date(`${date}T00:00Z`).getUTCDay()

/** Which weekday of its month a date is: 1 to 4, or -1 for the fifth, which is the last. */
export function nthOf(date: string): number {
  const nth = Math.ceil(Number(date.slice(8)) / 7)
  return nth === 5 ? -1 : nth
}

/** "second Thursday", for a date that was chosen. */
export function nthWords(date: string): string {
  const nth = nthOf(date)
  return said.nthDay(said.nths[nth === -1 ? 4 : nth - 1] ?? '', words.dates.weekdays[weekday(date)] ?? '')
}

function ruleOf({ date, repeat }: When): string {
  const day = WEEKDAYS[weekday(date)] ?? 'MO'
  if (repeat === 'week') return `FREQ=WEEKLY;BYDAY=${day}`
  if (repeat === 'fortnight') return `FREQ=WEEKLY;INTERVAL=2;BYDAY=${day}`
  return repeat === 'month' ? `FREQ=MONTHLY;BYDAY=${nthOf(date)}${day}` : ''
}

/** Minutes since midnight of 10:30. */
export const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))

/** The schedule that the form says. */
export function scheduleOf(when: When, zone: string): Schedule {
  const minutes = when.ends ? minutesOf(when.ends) - minutesOf(when.time) : 0
  const rule = ruleOf(when)
  const closed = rule && when.holidays ? { closedOn: ['*'] } : {}
  return [{ start: `${when.date}T${when.time}`, minutes, zone, ...(rule ? { rrule: rule } : {}), ...closed }]
}

/**
 * What the form can show of a schedule; null when it holds more than that (several rhythms, changed or extra
 * occurrences, other rules, nights), so that saving the form can't lose anything.
 */
export function readRepeat(schedule: Schedule): When | null {
  const [item, ...others] = schedule
  if (!item || others.length > 0 || item.allDay || item.extra?.length || item.changes?.length) return null
  const closed = item.closedOn ?? []
  if (closed.length > 0 && !(closed.length === 1 && closed[0] === '*')) return null
  const [date = '', time = ''] = item.start.split('T')
  const end = minutesOf(time) + item.minutes
  if (end >= 1440) return null
  const two = (value: number) => String(value).padStart(2, '0')
  const ends = item.minutes ? `${two(Math.floor(end / 60))}:${two(end % 60)}` : ''
  const when = { date, time, ends, holidays: closed.length > 0 }
  const repeat = REPEATS.find((one) => ruleOf({ ...when, repeat: one }) === (item.rrule ?? ''))
  return repeat ? { ...when, repeat } : null
}

/** The day to propose for a new listing: tomorrow. */
export function tomorrow(today: string): string {
  return addDays(today, 1)
}
