/**
 * When a shop is open, as its row has it, and as a form has it: the same hours for some days in one line, so that a
 * shop that opens at 9 all week says it once.
 */
import { shop as said } from '../words/shop'

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Day = (typeof DAYS)[number]

/** From and to, "09:00"; the end of a day is "24:00". */
export type Range = [from: string, to: string]
/** A day that isn't there is one on which the shop is shut. */
export type Hours = Partial<Record<Day, Range[]>>

/** One line of the form. */
export interface Span {
  days: Day[]
  from: string
  to: string
}

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/
const MOST_A_DAY = 3
const isRange = (value: unknown): value is Range => Array.isArray(value) && TIME.test(String(value[0])) && (TIME.test(String(value[1])) || value[1] === '24:00')

/** Reads what a row has; what makes no sense is left out. */
export function hoursOf(value: unknown): Hours {
  const said = typeof value === 'object' && value ? (value as Record<string, unknown>) : {}
  const days = DAYS.map((day): [Day, Range[]] => [day, Array.isArray(said[day]) ? said[day].filter(isRange) : []])
  return Object.fromEntries(days.filter(([, ranges]) => ranges.length > 0))
}

export const isSet = (hours: Hours): boolean => Object.keys(hours).length > 0

/** As a form shows them: each range with the days that have it, in the order of the week. */
export function spansOf(hours: Hours): Span[] {
  const spans = new Map<string, Span>()
  for (const day of DAYS) {
    for (const [from, to] of hours[day] ?? []) {
      const span = spans.get(`${from}/${to}`) ?? { days: [], from, to: to === '24:00' ? '00:00' : to }
      span.days.push(day)
      spans.set(`${from}/${to}`, span)
    }
  }
  return [...spans.values()]
}

/** Midnight ends a day; a form has no other way to say so. */
const endOf = (to: string): string => (to === '00:00' ? '24:00' : to)

/** What a form says, as a row has it. */
export function toHours(spans: readonly Span[]): Hours {
  const days = DAYS.map((day): [Day, Range[]] => {
    const ranges = spans.filter((span) => span.days.includes(day)).map(({ from, to }): Range => [from, endOf(to)])
    return [day, ranges.sort(([a], [b]) => (a < b ? -1 : 1))]
  })
  return Object.fromEntries(days.filter(([, ranges]) => ranges.length > 0))
}

export type WrongSpan = { span: number; why: 'days' | 'from' | 'to' | 'order' | 'overlap' | 'many' }

/** What can't be so, line by line. */
export function wrongSpans(spans: readonly Span[]): WrongSpan[] {
  const found: WrongSpan[] = []
  for (const [span, { days, from, to }] of spans.entries()) {
    if (days.length === 0) found.push({ span, why: 'days' })
    if (!TIME.test(from)) found.push({ span, why: 'from' })
    else if (!TIME.test(to)) found.push({ span, why: 'to' })
    else if (endOf(to) <= from) found.push({ span, why: 'order' })
  }
  if (found.length > 0) return found
  return Object.entries(toHours(spans)).flatMap(([day, ranges]): WrongSpan[] => {
    const last = spans.findLastIndex((span) => span.days.includes(day as Day))
    if (ranges.length > MOST_A_DAY) return [{ span: last, why: 'many' }]
    return ranges.some(([from], at) => at > 0 && from < ranges[at - 1]![1]) ? [{ span: last, why: 'overlap' }] : []
  })
}

/** "9am", "5:30pm", "midnight". */
function timeWords(time: string): string {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  if (hour % 24 === 0 && minute === 0) return said.hours.midnight
  if (hour === 12 && minute === 0) return said.hours.midday
  const twelve = hour % 12 || 12
  return `${twelve}${minute ? `:${String(minute).padStart(2, '0')}` : ''}${hour < 12 ? 'am' : 'pm'}`
}

/** Lines to read: "Monday to Friday", "9am to 5:30pm". Days that follow each other and are alike are one line. */
export function linesOf(hours: Hours): { days: string; times: string }[] {
  const lines: { first: Day; last: Day; times: string }[] = []
  for (const day of DAYS) {
    const times = (hours[day] ?? []).map(([from, to]) => said.hours.range(timeWords(from), timeWords(to))).join(said.hours.and)
    const before = lines.at(-1)
    if (before && before.times === times) before.last = day
    else lines.push({ first: day, last: day, times })
  }
  return lines.filter(({ times }) => times).map(({ first, last, times }) => ({ days: daysWords(first, last), times }))
}

function daysWords(first: Day, last: Day): string {
  const { days } = said.hours
  if (first === 'mon' && last === 'sun') return said.hours.every
  return first === last ? days[first] : said.hours.span(days[first], days[last])
}

/** Whether it is open at a wall-clock time, "2026-06-04T12:00". */
export function isOpen(hours: Hours, wall: string): boolean {
  const weekday = (new Date(`${wall.slice(0, 10)}T00:00Z`).getUTCDay() + 6) % 7
  const time = wall.slice(11, 16)
  return (hours[DAYS[weekday]!] ?? []).some(([from, to]) => from <= time && time < to)
}
