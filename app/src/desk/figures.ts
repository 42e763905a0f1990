/** The figures of the quarters, as a table. They come rounded, and nothing is counted here. */
import type { Row } from '../sync'
import { csvOf as csv } from '../ui/csv'

export const MEASURES = ['raised', 'urgent', 'prompt', 'helped', 'takenUp', 'handedOver', 'advised', 'declined', 'noAnswer', 'notAConcern'] as const

export interface Table {
  quarter: string
  /** Each area with what is shown of it by measure; the first is all of them, named ''. */
  areas: { area: string; shown: ReadonlyMap<string, string> }[]
}

/** One table a quarter, the last quarter first. */
export function tablesOf(rows: Iterable<Row>): Table[] {
  const quarters = new Map<string, Map<string, Map<string, string>>>()
  for (const { quarter, area = '', measure, shown } of rows) {
    const areas = quarters.get(quarter) ?? new Map<string, Map<string, string>>()
    quarters.set(quarter, areas.set(area, (areas.get(area) ?? new Map<string, string>()).set(measure, String(shown))))
  }
  const byName = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
  return [...quarters].sort(([a], [b]) => byName(b, a)).map(([quarter, areas]) => ({ quarter, areas: [...areas].sort(([a], [b]) => byName(a, b)).map(([area, shown]) => ({ area, shown })) }))
}

/** A table for a spreadsheet. */
export function csvOf({ areas }: Table, words: { area: string; all: string; measures: Record<string, string> }): string {
  const head = [words.area, ...MEASURES.map((measure) => words.measures[measure] ?? measure)]
  return csv([head, ...areas.map(({ area, shown }) => [area || words.all, ...MEASURES.map((measure) => shown.get(measure) ?? '')])])
}
