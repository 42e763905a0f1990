/**
 * What two people write to each other through Kith, and the numbers that they gave each other. `about`: the reply, or the
 * helper of a circle, that it is about.
 */
import type { Row } from '../sync'
import type { Rows } from './asks'

/** Who asks for help (of a circle: its organisers), and who offers it. */
export type Side = 'asks' | 'helps'

/** As many letters as the server takes (internal/limits). */
export const LONGEST_MESSAGE = 300

export interface Message {
  id: string
  mine: boolean
  from: string
  text: string
  day: string
}

/** All of it, the oldest first. */
export function threadOf(rows: Rows, about: string, side: Side): Message[] {
  const at = (row: Row) => String(row.at || row.day)
  return [...rows('messages').values()]
    .filter((row) => row.about === about)
    .sort((a, b) => (at(a) === at(b) ? (a.id < b.id ? -1 : 1) : at(a) < at(b) ? -1 : 1))
    .map((row) => ({ id: row.id, mine: row.side === side, from: String(row.fromName ?? ''), text: String(row.text), day: String(row.day) }))
}

export interface Numbers {
  /** What this person gave, or would give. */
  own: string
  /** What the other gave: here only once both have said yes. */
  theirs: string
}

export function numbersOf(rows: Rows, about: string, side: Side): Numbers {
  const those = [...rows('contacts').values()].filter((row) => row.about === about)
  const own = String(those.find((row) => row.side === side)?.phone ?? '')
  return { own, theirs: own ? String(those.find((row) => row.side !== side)?.phone ?? '') : '' }
}
