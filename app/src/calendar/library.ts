/** Every rule that isn't plain, through the package rrule. This file is a chunk of its own. */
import { RRule, Weekday, type Options } from 'rrule'
import type { Parts, Rule } from './rule'
import { DAY } from './zone'

/** Makes the rule of one item that starts at the wall `start`; undefined for one that the server would refuse. */
export type Library = (parts: Parts, start: number) => Rule | undefined

const FREQUENCIES: Record<string, number> = {
  YEARLY: RRule.YEARLY, MONTHLY: RRule.MONTHLY, WEEKLY: RRule.WEEKLY, DAILY: RRule.DAILY,
}
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']

/**
 * 19 Gregorian cycles of 400 years, after which dates and weekdays repeat exactly. Rules run that much later,
 * because the package looks for a next match up to the year 9999: near it, a search in vain is short.
 */
const CYCLE = 19 * 146_097 * DAY

export const library: Library = (parts, start) => {
  const options = optionsOf(parts, start)
  if (!options) return undefined
  const rule = new RRule(options, true)
  return {
    walk(first, last, take) {
      rule.between(new Date(first + CYCLE), new Date(last + CYCLE), true, (at) => take(at.getTime() - CYCLE))
    },
    comes: (wall) => rule.between(new Date(wall + CYCLE), new Date(wall + CYCLE), true).length > 0,
  }
}

function optionsOf({ fields, untilWall }: Parts, start: number): Partial<Options> | undefined {
  const freq = FREQUENCIES[fields.get('FREQ') ?? '']
  const interval = Number(fields.get('INTERVAL') ?? 1)
  if (freq === undefined || !(interval >= 1)) return undefined
  const numbers = (name: string) => fields.get(name)?.split(',').map(Number) ?? null
  return {
    freq,
    dtstart: new Date(start + CYCLE),
    interval,
    count: numbers('COUNT')?.[0] ?? null,
    until: untilWall === Infinity ? null : new Date(untilWall + CYCLE),
    wkst: WEEKDAYS.indexOf(fields.get('WKST') ?? 'MO'),
    byweekday: fields.get('BYDAY')?.split(',').map(weekday) ?? null,
    bymonth: numbers('BYMONTH'),
    bymonthday: numbers('BYMONTHDAY'),
    bysetpos: numbers('BYSETPOS')?.filter(Boolean) ?? null,
  }
}

/** 'TH', '2TH' or '-1TH'. */
function weekday(text: string): Weekday {
  const nth = Number(text.slice(0, -2))
  return new Weekday(WEEKDAYS.indexOf(text.slice(-2)), nth || undefined)
}
