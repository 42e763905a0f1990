/** Notes as they lie on a surgery's device: when each came, and whether it was dealt with. No words of any. */
import type { Row } from '../sync'

export interface Note {
  id: string
  /** The hour in which it came, in milliseconds. */
  received: number
  state: 'new' | 'done'
}

/** The one that waits for longest comes first. */
export function notesOf(rows: Iterable<Row>): Note[] {
  const notes = Array.from(rows, (row): Note => ({ id: row.id, received: Date.parse(String(row.received ?? '').replace(' ', 'T')) || 0, state: row.state === 'done' ? 'done' : 'new' }))
  return notes.sort((a, b) => a.received - b.received || (a.id < b.id ? -1 : 1))
}
