import { describe, expect, it, test } from 'vitest'
import { hoursOf, isOpen, linesOf, spansOf, toHours, wrongSpans, type Day, type Span } from './hours'

const WEEK: Day[] = ['mon', 'tue', 'wed', 'thu', 'fri']
const span = (days: Day[], from: string, to: string): Span => ({ days, from, to })

describe('opening hours', () => {
  it('read the same after they were in a form, also with a break, and past midnight', () => {
    const hours = { mon: [['09:00', '13:00'], ['14:00', '17:30']], sat: [['18:00', '24:00']] } as const
    expect(toHours(spansOf(hoursOf(hours)))).toEqual(hours)
    expect(spansOf(hoursOf(hours)).at(-1)).toEqual(span(['sat'], '18:00', '00:00'))
  })

  it('leave out what makes no sense, whatever a row has', () => {
    expect([hoursOf(null), hoursOf('often'), hoursOf({ mon: 'all day', tue: [['9', '5']], wed: [['25:00', '26:00']] })]).toEqual([{}, {}, {}])
    expect(hoursOf({ mon: [['09:00', '17:00'], 'x'], someday: [['09:00', '17:00']] })).toEqual({ mon: [['09:00', '17:00']] })
  })

  it('are said in as few lines as there are kinds of days', () => {
    expect(linesOf(toHours([span(WEEK, '09:00', '17:30'), span(['sat'], '10:00', '12:00')]))).toEqual([
      { days: 'Monday to Friday', times: '9am to 5:30pm' },
      { days: 'Saturday', times: '10am to midday' },
    ])
    expect(linesOf(toHours([span([...WEEK, 'sat', 'sun'], '12:00', '00:00')]))).toEqual([{ days: 'Every day', times: 'midday to midnight' }])
    expect(linesOf(toHours([span(['mon', 'wed'], '09:00', '12:00'), span(['mon', 'wed'], '13:00', '17:00')])).map((line) => line.days)).toEqual(['Monday', 'Wednesday'])
    expect(linesOf({})).toEqual([])
  })

  it('say whether the shop is open at a time on its own wall', () => {
    const hours = toHours([span(['thu'], '09:00', '17:30')])
    expect(['2026-06-04T09:00', '2026-06-04T17:29', '2026-06-04T08:59', '2026-06-04T17:30', '2026-06-05T12:00'].map((wall) => isOpen(hours, wall))).toEqual([true, true, false, false, false])
  })
})

test('a form is told which line can’t be so, and why', () => {
  expect(wrongSpans([span([], '09:00', '17:00'), span(['mon'], '', '17:00'), span(['tue'], '09:00', ''), span(['wed'], '17:00', '09:00')])).toEqual([
    { span: 0, why: 'days' }, { span: 1, why: 'from' }, { span: 2, why: 'to' }, { span: 3, why: 'order' },
  ])
  expect(wrongSpans([span(['mon', 'tue'], '09:00', '13:00'), span(['tue'], '12:00', '17:00')])).toEqual([{ span: 1, why: 'overlap' }])
  expect(wrongSpans(['08:00', '10:00', '12:00', '14:00'].map((from) => span(['sun'], from, from.replace(':00', ':30'))))).toEqual([{ span: 3, why: 'many' }])
  expect(wrongSpans([span(['mon'], '18:00', '00:00'), span(['mon'], '09:00', '13:00')])).toEqual([])
})
