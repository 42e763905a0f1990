/** How many come back, as tables by quarter. The figures come rounded, and nothing is counted here. */
import type { Row } from '../sync'
import { csvOf as csv } from '../ui/csv'

export const MEASURES = ['people', 'first', 'back', 'gone'] as const

/** One column: a group, a price, a kind of venue, or all of them. */
export interface Column {
  of: string
  value: string
  shown: ReadonlyMap<string, string>
}

export interface Quarter {
  period: string
  columns: Column[]
}

/** The newest quarter first; in it all together, then by name. `which`: what to show. */
export function quartersOf(rows: Iterable<Row>, which: (row: Row) => boolean): Quarter[] {
  const quarters = new Map<string, Map<string, { of: string; value: string; shown: Map<string, string> }>>()
  for (const row of rows) {
    if (!which(row)) continue
    const columns = quarters.get(row.period) ?? new Map<string, { of: string; value: string; shown: Map<string, string> }>()
    quarters.set(row.period, columns)
    const key = `${row.of}/${row.value ?? ''}`
    const column = columns.get(key) ?? { of: String(row.of ?? ''), value: String(row.value ?? ''), shown: new Map<string, string>() }
    columns.set(key, column)
    column.shown.set(row.measure, String(row.shown))
  }
  const byName = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
  return [...quarters].sort(([a], [b]) => byName(b, a)).map(([period, columns]) => ({ period, columns: [...columns].sort(([a], [b]) => byName(a, b)).map(([, column]) => column) }))
}

/** A table for a spreadsheet. */
export function csvOf(columns: readonly Column[], name: (column: Column) => string, head: string, measures: Record<string, string>): string {
  return csv([[head, ...columns.map(name)], ...MEASURES.map((measure) => [measures[measure] ?? measure, ...columns.map(({ shown }) => shown.get(measure) ?? '')])])
}
