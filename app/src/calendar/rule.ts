/**
 * Recurrence rules on wall-clock time: plain ones by counting days, every other one through the package rrule.
 *
 * Nearly every listing is "each Thursday", "every other Monday and Friday", "the first Tuesday of the month", "six
 * Wednesdays" or "each Christmas". For these, counting days starts at any week without walking there from the first, a hundred times faster than the
 * package, whose chunk can then wait.
 */
import { DAY } from './zone'
import type { Library } from './library'

/** What a rule answers, for one item. All times are walls; `first` and `last` are inclusive. */
export interface Rule {
  /** Calls `take` with each start in order, until it returns false. */
  walk(first: number, last: number, take: (wall: number) => boolean): void
  comes(wall: number): boolean
}

/** A rule's text, read. */
export interface Parts {
  fields: Map<string, string>
  plain: boolean
  /** A local end, inclusive, as a wall; Infinity: none. */
  untilWall: number
  /** An end in UTC, inclusive, as an instant; Infinity: none. */
  until: number
}

/** What a plain rule may say, and how. Everything else is the package's. */
const PLAIN: Record<string, RegExp> = {
  FREQ: /^(DAILY|WEEKLY|MONTHLY|YEARLY)$/,
  INTERVAL: /^[1-9]\d*$/,
  COUNT: /^[1-9]\d{0,2}$/,
  // All with a number or none: of a mixture, programs make different things.
  BYDAY: /^([A-Z]{2}(,|$))+$|^([-+]?[1-5][A-Z]{2}(,|$))+$/,
  BYMONTH: /^\d+(,\d+)*$/,
  BYMONTHDAY: /^-?[1-9]\d*(,-?[1-9]\d*)*$/,
  UNTIL: /^/,
  WKST: /^/,
}
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']

/** Rules by text: a town's listings share a few dozen. */
const known = new Map<string, Parts>()
const MOST_KNOWN = 2_000

export function readRule(text: string): Parts {
  let parts = known.get(text)
  if (!parts) {
    if (known.size >= MOST_KNOWN) known.clear()
    parts = parse(text)
    known.set(text, parts)
  }
  return parts
}

function parse(text: string): Parts {
  const fields = new Map(text.split(';').map((part) => part.split('=', 2) as [string, string]))
  const end = fields.get('UNTIL') ?? ''
  const at = endOf(end)
  return { fields, plain: isPlain(fields), until: end.endsWith('Z') ? at : Infinity, untilWall: end.endsWith('Z') ? Infinity : at }
}

function isPlain(fields: Map<string, string>): boolean {
  const freq = fields.get('FREQ')
  const nth = /\d/.test(fields.get('BYDAY') ?? '')
  if (!freq || ![...fields].every(([name, value]) => PLAIN[name]?.test(value))) return false
  // Counting from the first is quick for weeks, not for a century; an end in UTC isn't known to this file.
  if (fields.has('COUNT') && (freq === 'YEARLY' || fields.has('UNTIL'))) return false
  if (freq === 'WEEKLY' || freq === 'DAILY') return !nth && (freq === 'DAILY' || !fields.has('BYMONTHDAY'))
  // Without months, "the second Saturday" is the year's.
  return !nth || (!fields.has('BYMONTHDAY') && (freq === 'MONTHLY' || fields.has('BYMONTH')))
}

/** '20261231T235959Z', the same without Z, or a date, whose whole day counts. Returns Infinity for none. */
function endOf(text: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)Z?)?$/.exec(text) ?? []
  if (!year) return Infinity
  return Date.UTC(+year, +month! - 1, +day!, +(hour ?? 23), +(minute ?? 59), +(second ?? 59))
}

/** The rule of one item, or undefined if it needs the package and that isn't here. */
export function ruleFor(parts: Parts, start: number, library: Library | undefined): Rule | undefined {
  return parts.plain ? plainRule(parts, start) : library?.(parts, start)
}

/**
 * A day belongs to a plain rule if its weekday, date and month are named, or those of the first day where none is,
 * and a whole number of intervals lies between it and the first day: in days, weeks from WKST, months or years.
 */
function plainRule({ fields, untilWall }: Parts, start: number): Rule {
  const firstDay = Math.floor(start / DAY)
  const timeOfDay = start - firstDay * DAY
  const belongs = membership(fields, firstDay)
  const count = Number(fields.get('COUNT') ?? Infinity)
  let lastDay = count === Infinity ? Infinity : undefined
  /** The last start; with COUNT it is looked for once, when it is first asked for. */
  const end = () => {
    lastDay ??= nthDay(belongs, firstDay, count)
    return Math.min(untilWall, lastDay * DAY + timeOfDay)
  }

  return {
    walk(first, last, take) {
      const until = Math.min(last, end())
      for (let day = Math.max(firstDay, Math.ceil((first - timeOfDay) / DAY)); day * DAY + timeOfDay <= until; day++) {
        if (belongs(day) && !take(day * DAY + timeOfDay)) return
      }
    },
    comes: (wall) => wall >= start && (wall - start) % DAY === 0 && belongs(Math.floor(wall / DAY)) && wall <= end(),
  }
}

type Belongs = (day: number) => boolean

function membership(fields: Map<string, string>, firstDay: number): Belongs {
  const freq = fields.get('FREQ')!
  const first = dateOf(firstDay)
  const interval = Number(fields.get('INTERVAL') ?? 1)
  const period = PERIODS[freq]!(WEEKDAYS.indexOf(fields.get('WKST') ?? 'MO'))
  const firstPeriod = period(firstDay)
  const open = !fields.has('BYDAY') && !fields.has('BYMONTHDAY')
  const byDate = open && (freq === 'MONTHLY' || freq === 'YEARLY')
  const named = fields.get('BYDAY')?.split(',') ?? (open && freq === 'WEEKLY' ? [WEEKDAYS[weekday(firstDay)]!] : WEEKDAYS)
  const weekdays = WEEKDAYS.map((name) => named.filter((day) => day.endsWith(name)).map((day) => Number(day.slice(0, -2))))
  const dates = byDate ? [first.date] : numbers(fields.get('BYMONTHDAY'))
  const months = byDate && freq === 'YEARLY' && !fields.has('BYMONTH') ? [first.month] : numbers(fields.get('BYMONTH'))

  return (day) => {
    const nths = weekdays[weekday(day)]!
    if (nths.length === 0) return false
    const at = dateOf(day)
    return (
      (!months || months.includes(at.month)) &&
      (!dates || dates.includes(at.date) || dates.includes(at.date - at.length - 1)) &&
      nths.some((nth) => nth === 0 || isNth(at, nth)) &&
      (period(day) - firstPeriod) % interval === 0
    )
  }
}

function numbers(list: string | undefined): number[] | undefined {
  return list?.split(',').map(Number)
}

/** No rule goes on after 2099, as the server's. */
const LAST_DAY = Date.UTC(2100, 0, 1) / DAY - 1

/** The day of the `count`th start, or the last day where there are fewer. */
function nthDay(belongs: Belongs, firstDay: number, count: number): number {
  for (let day = firstDay; day <= LAST_DAY; day++) if (belongs(day) && --count === 0) return day
  return LAST_DAY
}

/** Days are counted from 1 January 1970, a Thursday. Each gives the number of the period that a day is in. */
const PERIODS: Record<string, (weekStart: number) => (day: number) => number> = {
  DAILY: () => (day) => day,
  WEEKLY: (weekStart) => (day) => Math.floor((day + 4 - weekStart) / 7),
  MONTHLY: () => (day) => dateOf(day).year * 12 + dateOf(day).month,
  YEARLY: () => (day) => dateOf(day).year,
}

/** 0 is Sunday, as in WEEKDAYS. Days before 1970 are none of ours. */
function weekday(day: number): number {
  return (day + 4) % 7
}

/** A day in the calendar: months and dates from 1, and how many days its month has. */
interface CalendarDay {
  year: number
  month: number
  date: number
  length: number
}

const calendarDays = new Map<number, CalendarDay>()
const MOST_DAYS = 20_000

/** Ten thousand listings ask about the same few weeks. */
function dateOf(day: number): CalendarDay {
  let known = calendarDays.get(day)
  if (!known) {
    if (calendarDays.size >= MOST_DAYS) calendarDays.clear()
    const at = new Date(day * DAY)
    const [year, month] = [at.getUTCFullYear(), at.getUTCMonth() + 1]
    known = { year, month, date: at.getUTCDate(), length: new Date(Date.UTC(year, month, 0)).getUTCDate() }
    calendarDays.set(day, known)
  }
  return known
}

/** Whether a day is the nth of its weekday in its month; -1 is the last. */
function isNth({ date, length }: CalendarDay, nth: number): boolean {
  return nth > 0 ? Math.ceil(date / 7) === nth : Math.ceil((length - date + 1) / 7) === -nth
}
