import { expect, it } from 'vitest'
import { filled } from './every'

const THURSDAYS = [{ start: '2026-06-04T10:30', minutes: 90, zone: 'Europe/London', rrule: 'FREQ=WEEKLY;BYDAY=TH', changes: [{ from: '2026-06-11T10:30', cancelled: true }] }]

it('whoever comes every time has five weeks of it, but each fourth stays open until a week before', () => {
  expect(filled(THURSDAYS, Date.parse('2026-06-01T09:00Z')).map((key) => key.slice(5, 10))).toEqual(['06-04', '06-18', '07-02'])
  expect(filled(THURSDAYS, Date.parse('2026-06-18T09:30Z')).map((key) => key.slice(5, 10))).toEqual(['06-25', '07-02', '07-09', '07-16'])
})
