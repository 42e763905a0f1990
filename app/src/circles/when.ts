/** When a turn is, and how often, in words. */
import type { Schedule } from '../calendar'
import type { Row } from '../sync'
import { clock, clockRange, dayOf, dayWords, nearDayWords } from '../ui/dates'
import { words } from '../words'
import { circles as said } from '../words/circles'
import { errandOf } from '../words/errands'
import type { Turn } from './rota'

interface Clock {
  zone: string
  today: string
}

/** "Tomorrow, 10:30am to midday". */
export function whenOf({ start, end }: Pick<Turn, 'start' | 'end'>, { zone, today }: Clock): string {
  return `${nearDayWords(dayOf(start, zone), today)}, ${clockRange(start, end, zone)}`
}

/** A first local start, "Thursday 4 June, 10:30am": when it would have been. */
export function wasWhen(occurrence: string, today: string): string {
  const wall = Date.parse(`${occurrence}Z`)
  return `${dayWords(occurrence.slice(0, 10), today)}, ${clock(wall, 'UTC')}`
}

const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']

/** "Every Thursday"; '' for what is once. */
export function everyWords(schedule: Schedule): string {
  const rule = schedule[0]?.rrule ?? ''
  if (schedule.length !== 1 || rule === '') return schedule.length > 1 ? said.turn.everyTime : ''
  const weekly = /^FREQ=WEEKLY;(INTERVAL=2;)?BYDAY=([A-Z]{2})$/.exec(rule)
  if (weekly) {
    const day = words.dates.weekdays[DAYS.indexOf(weekly[2]!)] ?? ''
    return weekly[1] ? said.turn.everyFortnight(day) : said.turn.everyWeek(day)
  }
  return rule.startsWith('FREQ=MONTHLY') ? said.turn.everyMonth : said.turn.everyTime
}

/** "A walk there and back. From home to the salon on Rye Lane". */
export function whatOf(slot: Row): string {
  const way = said.one.fromTo(String(slot.start ?? ''), String(slot.end ?? ''))
  return [errandOf(slot.kind).name, way].filter(Boolean).join('. ')
}
