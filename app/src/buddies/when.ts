/** When an occurrence is, in words, as far as this phone knows its listing. */
import { find, type Schedule } from '../calendar'
import { onDayWords } from '../ui/ago'
import { dayAndClock, dayWords, wallOf } from '../ui/dates'

interface Clock {
  zone: string
  today: string
}

/** "Thursday 4 June, midday". Of what isn't in the calendar any more its name has the day. */
export function whenOf(schedule: Schedule, key: string, { zone, today }: Clock): string {
  const when = find(schedule, key)
  if (!when) return dayWords(key.slice(0, 10), today)
  return when.allDay ? dayWords(wallOf(when.start, zone).slice(0, 10), today) : dayAndClock(when.start, zone, today)
}

/** In the middle of a sentence: "on Thursday 4 June", "yesterday". */
export function onDay(schedule: Schedule, key: string, { zone, today }: Clock): string {
  const when = find(schedule, key)
  return onDayWords(when ? wallOf(when.start, zone).slice(0, 10) : key.slice(0, 10), today)
}
