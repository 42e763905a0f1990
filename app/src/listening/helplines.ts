/**
 * Numbers to ring, as they lie on this device.
 */
import type { Row } from '../sync'

export const TOPICS = ['crisis', 'mentalHealth', 'abuse', 'dementia', 'carers', 'bereavement', 'debt', 'olderPeople'] as const
export type Topic = (typeof TOPICS)[number]

export interface Helpline {
  id: string
  topic: string
  name: string
  phone: string
  text: string
  hours: string
  url: string
  area: string
  /** The day somebody here checked it; '': nobody has. */
  checked: string
}

/** In the order in which they should be read: by topic, then as a coordinator has put them. */
export function helplinesOf(rows: Iterable<Row>): Helpline[] {
  const place = (row: Row) => (TOPICS as readonly string[]).indexOf(row.topic)
  const sorted = [...rows].sort((a, b) => place(a) - place(b) || Number(a.order ?? 0) - Number(b.order ?? 0) || String(a.name).localeCompare(String(b.name)))
  return sorted.map((row) => {
    const text = (key: string) => String(row[key] ?? '')
    return { id: row.id, topic: text('topic'), name: text('name'), phone: text('phone'), text: text('text'), hours: text('hours'), url: text('url'), area: text('area'), checked: text('checked').slice(0, 10) }
  })
}

/** The topics that there is a helpline for, in their order. */
export function topicsOf(all: readonly Helpline[]): string[] {
  return [...new Set(all.map(({ topic }) => topic))]
}
