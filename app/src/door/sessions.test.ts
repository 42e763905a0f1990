import { expect, test } from 'vitest'
import type { Occurrence, Schedule } from '../calendar'
import { isEarly, isLate, nearest, recent } from './sessions'

const at = (local: string) => Date.parse(`${local}Z`)
const LUNCH: Schedule = [{ start: '2026-01-08T12:00', minutes: 120, zone: 'UTC', rrule: 'FREQ=WEEKLY;BYDAY=TH', changes: [{ from: '2026-02-12T12:00', cancelled: true }] }]
const keyAt = (now: string) => nearest(LUNCH, at(now), at(`${now.slice(0, 10)}T00:00`))?.key

test('the door is that of what is on or about to be, of what was today, or of what is next', () => {
  expect(keyAt('2026-01-22T13:00')).toBe('2026-01-22T12:00')
  expect(keyAt('2026-01-22T11:10')).toBe('2026-01-22T12:00')
  expect(keyAt('2026-01-22T18:00')).toBe('2026-01-22T12:00')
  expect(keyAt('2026-01-23T09:00')).toBe('2026-01-29T12:00')
  expect(keyAt('2026-02-10T09:00'), 'not of one that is called off').toBe('2026-02-19T12:00')
})

test('what is over and will not be again has the door of its last time, for as long as it can be put right', () => {
  const once: Schedule = [{ start: '2026-01-08T12:00', minutes: 60, zone: 'UTC' }]
  expect(nearest(once, at('2026-01-12T12:00'), at('2026-01-12T00:00'))?.key).toBe('2026-01-08T12:00')
  expect(nearest(once, at('2026-01-23T12:00'), at('2026-01-23T00:00'))).toBeUndefined()
})

test('the last two weeks can be typed in, the latest first, and not what was called off', () => {
  expect(recent(LUNCH, at('2026-02-20T09:00')).map(({ key }) => key)).toEqual(['2026-02-19T12:00'])
  expect(recent(LUNCH, at('2026-01-22T12:30')).map(({ key }) => key)).toEqual(['2026-01-15T12:00', '2026-01-08T12:00'])
})

test('a register opens a day before and closes two weeks after', () => {
  const one = { start: at('2026-01-22T12:00'), end: at('2026-01-22T14:00') } as Occurrence
  expect([isEarly(one, at('2026-01-21T11:59')), isEarly(one, at('2026-01-21T12:01'))]).toEqual([true, false])
  expect([isLate(one, at('2026-02-05T13:59')), isLate(one, at('2026-02-05T14:01'))]).toEqual([false, true])
})
