/** Whom responders can ring, from the top. */
import type { Row } from '../sync'

export function listOf(rows: Iterable<Row>): Row[] {
  return [...rows].sort((a, b) => Number(a.order ?? 0) - Number(b.order ?? 0) || String(a.name).localeCompare(String(b.name)) || (a.id < b.id ? -1 : 1))
}

/**
 * The same for somebody who rings, each with whether it may be them. The list has names and no members, and two may have
 * one name: so whoever bears theirs comes last, and isn't left out.
 */
export function othersFirst(list: readonly Row[], firstName: string): { row: Row; maybeYou: boolean }[] {
  const own = firstName.trim().toLowerCase()
  const all = list.map((row) => ({ row, maybeYou: own !== '' && String(row.name).trim().toLowerCase().split(/[\s,(]/)[0] === own.split(/\s/)[0] }))
  return all.sort((a, b) => Number(a.maybeYou) - Number(b.maybeYou))
}
