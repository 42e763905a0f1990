import { describe, expect, it } from 'vitest'
import { csvOf, tablesOf } from './figures'

let id = 0
const row = (quarter: string, area: string, measure: string, shown: string) => ({ id: `f${++id}`, quarter, area, measure, shown })
const WORDS = { area: 'Area', all: 'All areas', measures: { raised: 'Came', urgent: 'Urgent' } }

describe('figures', () => {
  const tables = tablesOf([
    row('2026-Q3', '', 'raised', '25'), row('2026-Q3', 'Rye', 'raised', '15'), row('2026-Q3', 'Nunhead', 'raised', 'fewer than 8'), row('2026-Q4', '', 'raised', '40'), row('2026-Q3', '', 'urgent', '0'),
  ])

  it('are one table a quarter, the last first, all areas before each', () => {
    expect(tables.map(({ quarter }) => quarter)).toEqual(['2026-Q4', '2026-Q3'])
    expect(tables[1]?.areas.map(({ area }) => area)).toEqual(['', 'Nunhead', 'Rye'])
  })

  it('go into a file as they are shown', () => {
    const lines = csvOf(tables[1]!, WORDS).split('\r\n')
    expect(lines[0]).toMatch(/^"Area","Came","Urgent"/)
    expect(lines[1]).toMatch(/^"All areas","25","0",""/)
    expect(lines[2]).toMatch(/^"Nunhead","fewer than 8",""/)
  })

  it('run nothing in a spreadsheet', () => {
    const [table] = tablesOf([row('2026-Q4', '=1+1"', 'raised', '40')])
    expect(csvOf(table!, WORDS)).toContain(`"'=1+1""","40"`)
  })
})
