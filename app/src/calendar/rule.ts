/**
 * Recurrence rules on wall-clock time: plain ones by counting days, every other one through the package rrule.
 *
 * Nearly every listing is "each Thursday", "every other Monday and Friday" or "the first Tuesday of the month". For
 * these, counting days starts at any week without walking there from the first, a hundred times faster than the
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

const PLAIN = /^(FREQ|INTERVAL|BYDAY|UNTIL|WKST)$/
const PLAIN_DAYS: Record<string, RegExp> = {
  DAILY: /^([A-Z]{2}(,|$))*$/,
  WEEKLY: /^([A-Z]{2}(,|$))*$/,
  MONTHLY: /^([-+]?[1-5][A-Z]{2}(,|$))+$/,
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
  const plain =
    PLAIN_DAYS[fields.get('FREQ') ?? '']?.test(fields.get('BYDAY') ?? '') === true &&
    [...fields.keys()].every((name) => PLAIN.test(name))
  const end = fields.get('UNTIL') ?? ''
  const at = endOf(end)
  return { fields, plain, until: end.endsWith('Z') ? at : Infinity, untilWall: end.endsWith('Z') ? Infinity : at }
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
 * A day belongs to a plain rule if its weekday is named and a whole number of intervals lies between it and the
 * first day: counted in days, in weeks from WKST, or in months.
 */
function plainRule({ fields, untilWall }: Parts, start: number): Rule {
  const firstDay = Math.floor(start / DAY)
  const timeOfDay = start - firstDay * DAY
  const interval = Number(fields.get('INTERVAL') ?? 1)
  const period = PERIODS[fields.get('FREQ')!]!(WEEKDAYS.indexOf(fields.get('WKST') ?? 'MO'))
  const firstPeriod = period(firstDay)
  const named = fields.get('BYDAY')?.split(',') ?? (fields.get('FREQ') === 'DAILY' ? WEEKDAYS : [WEEKDAYS[weekday(firstDay)]!])
  const weekdays = WEEKDAYS.map((name) => named.filter((day) => day.endsWith(name)).map((day) => Number(day.slice(0, -2))))
  const belongs = (day: number) =>
    weekdays[weekday(day)]!.some((nth) => nth === 0 || isNth(day, nth)) && (period(day) - firstPeriod) % interval === 0

  return {
    walk(first, last, take) {
      const end = Math.min(last, untilWall)
      for (let day = Math.max(firstDay, Math.ceil((first - timeOfDay) / DAY)); day * DAY + timeOfDay <= end; day++) {
        if (belongs(day) && !take(day * DAY + timeOfDay)) return
      }
    },
    comes: (wall) =>
      wall >= start && wall <= untilWall && (wall - start) % DAY === 0 && belongs(Math.floor(wall / DAY)),
  }
}

/** Days are counted from 1 January 1970, a Thursday. Each gives the number of the period that a day is in. */
const PERIODS: Record<string, (weekStart: number) => (day: number) => number> = {
  DAILY: () => (day) => day,
  WEEKLY: (weekStart) => (day) => Math.floor((day + 4 - weekStart) / 7),
  MONTHLY: () => (day) => {
    const date = new Date(day * DAY)
    return date.getUTCFullYear() * 12 + date.getUTCMonth()
  },
}

/** 0 is Sunday, as in WEEKDAYS. Days before 1970 are none of ours. */
function weekday(day: number): number {
  return (day + 4) % 7
}

/** Whether a day is the nth of its weekday in its month; -1 is the last. */
function isNth(day: number, nth: number): boolean {
  const date = new Date(day * DAY)
  if (nth > 0) return Math.ceil(date.getUTCDate() / 7) === nth
  const length = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  return Math.ceil((length - date.getUTCDate() + 1) / 7) === -nth
}
