import { expect, it } from 'vitest'
import { cameHour, markOf } from './apart'

it('a concern has a mark that can be said on the phone', () => {
  expect(markOf({ id: 'k3v9q0m2x7a1b4d' })).toBe('Mark\u00a01B4D')
})

it('of when it came only the hour is known, in the zone of the community', () => {
  expect(cameHour(Date.parse('2026-11-25T15:00:00Z'), 'Europe/London', '2026-11-26')).toBe('Came on Wednesday 25 November, between 3pm and 4pm')
  expect(cameHour(Date.parse('2026-06-30T23:00:00Z'), 'Europe/London', '2027-01-02')).toBe('Came on Wednesday 1 July 2026, between midnight and 1am')
})
