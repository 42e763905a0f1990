import { describe, expect, it } from 'vitest'
import { afterWorkingDays, isWorking } from './workdays'

const LONDON = 'Europe/London'
const after = (from: string, days: number) => new Date(afterWorkingDays(Date.parse(from), days, LONDON)).toISOString()

describe('working days', () => {
  it('are no weekend and no bank holiday', () => {
    expect(['2026-11-25', '2026-11-28', '2026-11-29', '2026-12-25', '2026-12-28', '2026-12-29'].map(isWorking)).toEqual([true, false, false, false, false, true])
  })

  it.each([
    ['a Wednesday', '2026-11-25T15:00:00Z', 1, '2026-11-26T15:00:00.000Z'],
    ['over a weekend', '2026-11-27T15:00:00Z', 1, '2026-11-30T15:00:00.000Z'],
    ['what came on a Saturday counts from Monday', '2026-11-28T10:00:00Z', 1, '2026-12-01T00:00:00.000Z'],
    ['over Christmas, with its day in lieu', '2026-12-24T15:00:00Z', 1, '2026-12-29T15:00:00.000Z'],
    ['two days over Easter, and over the change to summer time', '2027-03-25T15:00:00Z', 2, '2027-03-31T14:00:00.000Z'],
    ['over the change to winter time', '2026-10-23T14:00:00Z', 1, '2026-10-26T15:00:00.000Z'],
    ['no day at all', '2026-11-25T15:00:00Z', 0, '2026-11-25T15:00:00.000Z'],
    ['in summer the day begins an hour before that of UTC', '2026-06-05T23:30:00Z', 1, '2026-06-08T23:00:00.000Z'],
  ])('%s', (_, from, days, end) => {
    expect(after(from, days)).toBe(end)
  })

  it('are counted in UTC where the browser does not know the zone', () => {
    expect(afterWorkingDays(Date.parse('2026-11-27T15:00:00Z'), 1, 'Nowhere/Town')).toBe(Date.parse('2026-11-30T15:00:00Z'))
  })
})
