/**
 * Private reminders. They live among the device's own facts, which are sealed on disk and never part of a request.
 */
import { wallOf } from '../ui/dates'

export const KEY = 'nudges'
export const LONGEST = 120

export interface Nudge {
  id: string
  text: string
  /** Of a weekly one: 0 is Sunday. */
  weekday?: number
  /** Of one that comes once: its day. */
  date?: string
  /** From this time of the day: `14:00`. */
  time: string
  /** The last day on which it was said to be done. */
  done: string
}

/** Those to show now, by the wall clock of the community. One that was for earlier and came once stays until it is done. */
export function dueNudges(all: readonly Nudge[], now: number, zone: string): Nudge[] {
  const wall = wallOf(now, zone)
  const [day, time] = [wall.slice(0, 10), wall.slice(11, 16)]
  return all.filter((one) => {
    if (one.date !== undefined) return one.done === '' && (one.date < day || (one.date === day && one.time <= time))
    return one.weekday === weekdayOf(day) && one.done < day && one.time <= time
  })
}

/** After it was done: a weekly one comes again, the other is gone. */
export function afterDone(all: readonly Nudge[], id: string, day: string): Nudge[] {
  return all.filter((one) => one.id !== id || one.date === undefined).map((one) => (one.id === id ? { ...one, done: day } : one))
}

export function weekdayOf(day: string): number {
  return new Date(`${day}T12:00:00Z`).getUTCDay()
}

export type Fault = 'text' | 'long' | 'date' | 'time'

export function faultsOf({ text, date, time }: Omit<Nudge, 'id' | 'done'>): Fault[] {
  const found: Fault[] = []
  if (text.trim() === '') found.push('text')
  if ([...text.trim()].length > LONGEST) found.push('long')
  if (date !== undefined && !/^\d{4}-\d\d-\d\d$/.test(date)) found.push('date')
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time)) found.push('time')
  return found
}
