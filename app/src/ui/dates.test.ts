import { describe, expect, it } from 'vitest'
import { agoWords, onDayWords } from './ago'
import { addDays, clock, clockRange, dayAndClock, dayOf, daysBetween, dayWords, midnight, nearDayWords, wallOf } from './dates'

const LONDON = 'Europe/London'
const at = (text: string) => Date.parse(text)

describe('dates in words', () => {
  it('are those of the town, whatever zone the phone is in', () => {
    expect(dayAndClock(at('2026-06-04T09:30Z'), LONDON, '2026-06-01')).toBe('Thursday 4 June, 10:30am')
    expect(dayOf(at('2026-06-04T23:30Z'), LONDON)).toBe('2026-06-05')
    expect(wallOf(at('2026-01-04T23:30Z'), LONDON)).toBe('2026-01-04T23:30')
  })
  it('say midday and midnight, and leave out minutes of nought', () => {
    expect([clock(at('2026-06-04T11:00Z'), LONDON), clock(at('2026-06-03T23:00Z'), LONDON), clock(at('2026-06-04T13:00Z'), LONDON)]).toEqual(['midday', 'midnight', '2pm'])
    expect(clockRange(at('2026-06-04T09:30Z'), at('2026-06-04T11:00Z'), LONDON)).toBe('10:30am to midday')
    expect(clockRange(at('2026-06-04T09:30Z'), at('2026-06-04T09:30Z'), LONDON)).toBe('10:30am')
  })
  it('have a year only when it is another one', () => {
    expect(dayWords('2027-01-07', '2026-12-01')).toBe('Thursday 7 January 2027')
    expect([nearDayWords('2026-06-04', '2026-06-04'), nearDayWords('2026-06-05', '2026-06-04')]).toEqual(['Today', 'Tomorrow'])
  })
  it('keep the capital of a weekday in the middle of a sentence, and have none where a sentence goes on', () => {
    expect(['2026-06-02', '2026-06-03', '2026-06-04', '2026-06-05', '2026-06-06'].map((day) => onDayWords(day, '2026-06-04'))).toEqual(['on Tuesday 2 June', 'yesterday', 'today', 'tomorrow', 'on Saturday 6 June'])
  })
})

describe('days', () => {
  it('begin at midnight also where the clocks change', () => {
    expect(midnight('2026-03-29', LONDON)).toBe(at('2026-03-29T00:00Z'))
    expect(midnight('2026-03-30', LONDON)).toBe(at('2026-03-29T23:00Z'))
    expect(midnight('2026-10-25', LONDON)).toBe(at('2026-10-24T23:00Z'))
    expect(midnight('2026-10-26', LONDON)).toBe(at('2026-10-26T00:00Z'))
  })
  it('are counted on the calendar', () => {
    expect(addDays('2026-02-27', 2)).toBe('2026-03-01')
    expect(daysBetween('2026-03-28', '2026-03-30')).toBe(2)
  })
})

describe('how long ago', () => {
  it('is said in the largest fitting unit', () => {
    const now = at('2026-06-04T12:00Z')
    const ago = (minutes: number) => agoWords(now - minutes * 60_000, now)
    expect([ago(0), ago(5), ago(60), ago(30 * 60), ago(72 * 60), ago(-90)]).toEqual(['just now', '5 minutes ago', '1 hour ago', '30 hours ago', '3 days ago', 'just now'])
  })
})
