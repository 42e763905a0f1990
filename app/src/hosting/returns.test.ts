import { expect, it } from 'vitest'
import { csvOf, quartersOf } from './returns'

const row = (of: string, value: string, period: string, measure: string, shown: string, listing = '') => ({ id: of + value + period + measure, of, value, period, measure, shown, listing })
const ROWS = [
  row('', '', '2026-Q1', 'people', '40'), row('', '', '2026-Q1', 'back', 'fewer than 5'), row('price', 'free', '2026-Q1', 'people', '25'), row('venue', 'cafe', '2026-Q1', 'people', 'not shown'),
  row('', '', '2026-Q2', 'people', '45'), row('group', '', '2026-Q2', 'people', '15', 'lunch'),
]

it('figures stand by quarter, the newest first, and in each all together first', () => {
  const quarters = quartersOf(ROWS, ({ of }) => of !== 'group' && of !== 'venue')
  expect(quarters.map(({ period, columns }) => [period, columns.map(({ of, value }) => of + value)])).toEqual([['2026-Q2', ['']], ['2026-Q1', ['', 'pricefree']]])
  expect(quarters[1]!.columns[0]!.shown.get('back')).toBe('fewer than 5')
})

it('a table for a spreadsheet has a line a measure, and an empty cell where nothing was counted', () => {
  const [, first] = quartersOf(ROWS, ({ of }) => of === '' || of === 'price')
  expect(csvOf(first!.columns, ({ value }) => value || 'All', 'Of', { people: 'Came', first: 'New', back: 'Back', gone: 'Gone' })).toBe('"Of","All","free"\r\n"Came","40","25"\r\n"New","",""\r\n"Back","fewer than 5",""\r\n"Gone","",""\r\n')
})
