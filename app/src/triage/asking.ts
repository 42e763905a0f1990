/**
 * Where a coordinator is asked to speak with whoever passed a concern on: nobody else is shown who that was. It follows
 * from the kinds and the hours of the notes, which are all that a row has.
 */
import type { Row } from '../sync'

/** What a note adds to those that wait. */
const COUNTS: Partial<Record<string, number>> = { askedCoordinator: 1, spokeListener: -1 }

/**
 * The concerns, by id, where that still waits.
 *
 * NB! Of two notes of one hour nobody knows which came first: within it each talk answers one request, of that hour or
 * from before. What is in doubt waits on: a coordinator who looks once too often does no harm.
 */
export function askedOf(notes: Iterable<Row>): ReadonlySet<string> {
  const tallies = new Map<string, Map<string, number>>()
  for (const { concern, kind, hour } of notes) {
    const count = COUNTS[kind]
    if (count === undefined) continue
    const hours = tallies.get(concern) ?? new Map<string, number>()
    tallies.set(concern, hours.set(hour, (hours.get(hour) ?? 0) + count))
  }
  return new Set([...tallies].filter(([, hours]) => waits(hours)).map(([concern]) => concern))
}

function waits(hours: ReadonlyMap<string, number>): boolean {
  const inOrder = [...hours].sort(([a], [b]) => (a < b ? -1 : 1))
  return inOrder.reduce((before, [, count]) => Number(before) + count > 0, false)
}
