/**
 * Recurrence rules on wall-clock time: plain ones by counting days, every other one through the package rrule.
 *
 * Nearly every listing is "each Thursday" or "every other Monday and Friday". For these, counting days costs
 * nothing, starts at any week without walking there from the first, and the 40 kB of the package can wait.
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
    /^(WEEKLY|DAILY)$/.test(fields.get('FREQ') ?? '') &&
    [...fields.keys()].every((name) => PLAIN.test(name)) &&
    (fields.get('BYDAY') ?? 'MO').split(',').every((day) => WEEKDAYS.includes(day))
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
 * A weekly or daily rule: a day belongs to it if its weekday is named and a whole number of intervals, counted in
 * weeks from WKST or in days, lies between it and the first.
 */
function plainRule({ fields, untilWall }: Parts, start: number): Rule {
  const weekly = fields.get('FREQ') === 'WEEKLY'
  const interval = Number(fields.get('INTERVAL') ?? 1)
  const weekStart = WEEKDAYS.indexOf(fields.get('WKST') ?? 'MO')
  const firstDay = Math.floor(start / DAY)
  const timeOfDay = start - firstDay * DAY
  const weekday = (day: number) => (((day + 4) % 7) + 7) % 7 // 1 January 1970 was a Thursday
  const period = (day: number) => (weekly ? Math.floor((day + 4 - weekStart) / 7) : day)
  const firstPeriod = period(firstDay)
  const named = fields.get('BYDAY')?.split(',') ?? (weekly ? [WEEKDAYS[weekday(firstDay)]!] : WEEKDAYS)
  const weekdays = WEEKDAYS.map((name) => named.includes(name))
  const belongs = (day: number) => weekdays[weekday(day)]! && (period(day) - firstPeriod) % interval === 0

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
