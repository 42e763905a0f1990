/**
 * A shop's own totals by week, and the lines of their chart. The server counts; nothing here knows of a person.
 */
import type { Row } from '../sync'
import { addDays } from '../ui/dates'

/** So many weeks are shown. */
export const WEEKS = 12

export interface Week {
  /** Its Monday. */
  week: string
  visits: number
  firstVisits: number
  redeemed: number
}

/** The Monday of the week in which a day lies. */
export function mondayOf(day: string): string {
  return addDays(day, -((new Date(`${day}T00:00Z`).getUTCDay() + 6) % 7))
}

/** The last weeks up to that of `today`, the oldest first; a week that nothing came from is 0. Several shops add up. */
export function weeksOf(rows: Iterable<Row>, today: string, count = WEEKS): Week[] {
  const last = mondayOf(today)
  const weeks = Array.from({ length: count }, (_, at): Week => ({ week: addDays(last, 7 * (at + 1 - count)), visits: 0, firstVisits: 0, redeemed: 0 }))
  const byWeek = new Map(weeks.map((week) => [week.week, week]))
  for (const row of rows) {
    const week = byWeek.get(String(row.week))
    if (!week) continue
    week.visits += Number(row.visits) || 0
    week.firstVisits += Number(row.firstVisits) || 0
    week.redeemed += Number(row.redeemed) || 0
  }
  return weeks
}

export const hasAny = (weeks: readonly Week[]): boolean => weeks.some(({ visits, redeemed }) => visits > 0 || redeemed > 0)

export const total = (weeks: readonly Week[], of: 'visits' | 'firstVisits' | 'redeemed'): number => weeks.reduce((sum, week) => sum + week[of], 0)

/** A number a little above the most, that a person reads easily: 5, 10, 20, 50, 100 … */
export function topOf(most: number): number {
  for (let ten = 1; ; ten *= 10) for (const step of [5, 10, 20]) if (most <= step * ten) return step * ten
}

export interface Bar {
  x: number
  width: number
  /** From the ground up: those who came before, and on top of them those who came for the first time. */
  again: number
  first: number
}

/** The bars of a chart that is `width` wide and `height` high. */
export function barsOf(weeks: readonly Week[], width: number, height: number): Bar[] {
  const top = topOf(Math.max(...weeks.map(({ visits }) => visits), 1))
  const room = width / weeks.length
  return weeks.map(({ visits, firstVisits }, at) => {
    const first = Math.min(firstVisits, visits)
    return { x: at * room + room * 0.18, width: room * 0.64, again: ((visits - first) / top) * height, first: (first / top) * height }
  })
}
