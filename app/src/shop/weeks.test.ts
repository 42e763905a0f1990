import { expect, test } from 'vitest'
import { barsOf, mondayOf, topOf, total, weeksOf } from './weeks'

const row = (week: string, visits: number, firstVisits = 0, redeemed = 0) => ({ id: week + visits, shop: 's', week, visits, firstVisits, redeemed })

test('a week begins on a Monday', () => {
  expect(['2026-06-01', '2026-06-04', '2026-06-07', '2026-06-08', '2027-01-01'].map(mondayOf)).toEqual(['2026-06-01', '2026-06-01', '2026-06-01', '2026-06-08', '2026-12-28'])
})

test('the last weeks are all there, also those that nobody came in; older ones are left out, and several shops add up', () => {
  const weeks = weeksOf([row('2026-06-01', 4, 1), row('2026-05-18', 7, 2, 3), row('2026-05-18', 1), row('2026-01-05', 99)], '2026-06-04', 4)
  expect(weeks).toEqual([
    { week: '2026-05-11', visits: 0, firstVisits: 0, redeemed: 0 },
    { week: '2026-05-18', visits: 8, firstVisits: 2, redeemed: 3 },
    { week: '2026-05-25', visits: 0, firstVisits: 0, redeemed: 0 },
    { week: '2026-06-01', visits: 4, firstVisits: 1, redeemed: 0 },
  ])
  expect([total(weeks, 'visits'), total(weeks, 'firstVisits'), total(weeks, 'redeemed')]).toEqual([12, 3, 3])
  expect(weeksOf([], '2026-06-04')).toHaveLength(12)
})

test('no bar is higher than its chart, and the highest uses at least 40 % of it', () => {
  for (const most of [1, 4, 6, 23, 51, 99, 1_234]) {
    const bars = barsOf(weeksOf([row('2026-06-01', most, Math.floor(most / 3)), row('2026-05-25', 1)], '2026-06-04'), 600, 200)
    const heights = bars.map(({ again, first }) => again + first)
    expect(Math.max(...heights), String(most)).toBeLessThanOrEqual(200)
    expect(most < 3 ? 80 : Math.max(...heights), String(most)).toBeGreaterThanOrEqual(80)
    expect(bars.at(-1)!.x + bars.at(-1)!.width).toBeLessThanOrEqual(600)
  }
  expect([0, 1, 5, 6, 10, 11, 20, 21, 50, 51, 201].map(topOf)).toEqual([5, 5, 5, 10, 10, 20, 20, 50, 50, 100, 500])
})
