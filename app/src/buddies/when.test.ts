import { expect, it } from 'vitest'
import type { Schedule } from '../calendar'
import { onDay, whenOf } from './when'

const WEEKLY: Schedule = [{ start: '2026-06-04T12:00', minutes: 60, zone: 'Europe/London', rrule: 'FREQ=WEEKLY;BYDAY=TH', changes: [{ from: '2026-06-18T12:00', start: '2026-06-19T15:00' }] }]
const NOW = { zone: 'Europe/London', today: '2026-06-12' }

it('a day is said as the calendar has it now, and by its name where the calendar has none', () => {
  expect(['2026-06-11T12:00', '2026-06-18T12:00', '2026-06-10T12:00'].map((key) => whenOf(WEEKLY, key, NOW))).toEqual(['Thursday 11 June, midday', 'Friday 19 June, 3pm', 'Wednesday 10 June'])
  expect(['2026-06-11T12:00', '2026-06-18T12:00', '2026-06-10T12:00'].map((key) => onDay(WEEKLY, key, NOW))).toEqual(['yesterday', 'on Friday 19 June', 'on Wednesday 10 June'])
})
