/** Who said they'd like to come to what a host runs, by occurrence, with only what they chose to say. */
import type { Row } from '../sync'
import { hosting as said } from '../words/hosting'

export interface Comer {
  id: string
  name: string
  door: boolean
}

/** Occurrence key → who. Somebody who isn't coming after all is gone from here and need not explain. Those to be met at the door first: they need somebody to do something. */
export function comersOf(visits: Iterable<Row>, listing: string): Map<string, Comer[]> {
  const byOccurrence = new Map<string, Comer[]>()
  for (const row of visits) {
    if (row.listing !== listing || row.status !== 'coming') continue
    const comer = { id: row.id, name: row.firstName || said.someone, door: row.welcome === 'door' }
    byOccurrence.set(row.occurrence, [...(byOccurrence.get(row.occurrence) ?? []), comer])
  }
  for (const comers of byOccurrence.values()) {
    comers.sort((a, b) => Number(b.door) - Number(a.door) || a.name.localeCompare(b.name))
  }
  return byOccurrence
}
