/**
 * Dates and times in words, in the zone of the community, whatever zone the phone is in.
 *
 * `ms` is milliseconds since 1970 (UTC). A day is named `YYYY-MM-DD`, as it is called in the zone.
 */
import { zoneNamed } from '../calendar'
import { words } from '../words'

export const DAY_MS = 86_400_000

interface Parts {
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
}

/** A wall-clock time as parts. Of a zone that this browser doesn't know, UTC stands. */
function partsOf(ms: number, zone: string): Parts {
  // By way of the calendar's zones: a browser takes long to make a format of its own, and longer to read one.
  const wall = new Date(ms + (zoneNamed(zone)?.offset(ms) ?? 0))
  return {
    year: wall.getUTCFullYear(), month: wall.getUTCMonth() + 1, day: wall.getUTCDate(),
    hour: wall.getUTCHours(), minute: wall.getUTCMinutes(), second: wall.getUTCSeconds(),
  }
}

const two = (value: number): string => String(value).padStart(2, '0')

/** The day in the zone: `2026-06-04`. */
export function dayOf(ms: number, zone: string): string {
  const { year, month, day } = partsOf(ms, zone)
  return `${year}-${two(month)}-${two(day)}`
}

/** The wall-clock time in the zone: `2026-06-04T12:00`. */
export function wallOf(ms: number, zone: string): string {
  const { hour, minute } = partsOf(ms, zone)
  return `${dayOf(ms, zone)}T${two(hour)}:${two(minute)}`
}

/** The day that is `days` after `day`. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)
}

/** Whole days from one day to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00Z`) - Date.parse(`${from}T00:00Z`)) / DAY_MS)
}

/** When a day begins in the zone. */
export function midnight(day: string, zone: string): number {
  const naive = Date.parse(`${day}T00:00Z`)
  const shift = (ms: number) => {
    const { year, month, day: date, hour, minute, second } = partsOf(ms, zone)
    return Date.UTC(year, month - 1, date, hour, minute, second) - ms
  }
  const guess = naive - shift(naive)
  return naive - shift(guess)
}

/** "10:30am", "10am", "midday", "midnight". */
export function clock(ms: number, zone: string): string {
  const { hour, minute } = partsOf(ms, zone)
  if (minute === 0 && hour === 0) return words.dates.midnight
  if (minute === 0 && hour === 12) return words.dates.midday
  const half = hour < 12 ? 'am' : 'pm'
  const twelve = hour % 12 || 12
  return minute === 0 ? `${twelve}${half}` : `${twelve}:${two(minute)}${half}`
}

/** "10:30am to midday"; only the start when the end is the same or unknown. */
export function clockRange(start: number, end: number, zone: string): string {
  return end > start ? words.dates.range(clock(start, zone), clock(end, zone)) : clock(start, zone)
}

/** "Thursday 4 June"; with the year when it isn't the year of `today`. */
export function dayWords(day: string, today: string): string {
  const date = new Date(`${day}T00:00Z`)
  const name = words.dates.weekdays[date.getUTCDay()]
  const month = words.dates.months[date.getUTCMonth()]
  const year = day.slice(0, 4) === today.slice(0, 4) ? '' : ` ${day.slice(0, 4)}`
  return `${name} ${date.getUTCDate()} ${month}${year}`
}

/** "Today", "Tomorrow", or the day in words. */
export function nearDayWords(day: string, today: string): string {
  const away = daysBetween(today, day)
  if (away === 0) return words.dates.today
  if (away === 1) return words.dates.tomorrow
  return dayWords(day, today)
}

/** "Thursday 4 June, 10:30am". */
export function dayAndClock(ms: number, zone: string, today: string): string {
  return `${dayWords(dayOf(ms, zone), today)}, ${clock(ms, zone)}`
}
