/** Who said they'd like to come to what a host runs, by occurrence, with only what they chose to say. */
import type { Row } from '../sync'
import { chosenOf, type Chosen } from '../visits/visits'
import { hosting as said } from '../words/hosting'

export interface Comer extends Chosen {
  id: string
  name: string
  /** Who looks out for them, if somebody has said yes. */
  buddy: string
}

/** Those who need somebody to do something stand first, and of the others who comes for the first time. */
const rank = ({ welcome, first }: Comer): number => (welcome === 'walk' ? 0 : welcome === 'door' ? 1 : first ? 2 : 3)

/** Occurrence key → who. Somebody who isn't coming after all is gone from here and need not explain. */
export function comersOf(visits: Iterable<Row>, listing: string, pairings: Iterable<Row> = []): Map<string, Comer[]> {
  const open = [...pairings].filter((row) => row.listing === listing && row.status === 'open')
  const byOccurrence = new Map<string, Comer[]>()
  for (const row of visits) {
    if (row.listing !== listing || row.status !== 'coming') continue
    const chosen = chosenOf(row)
    const pair = open.find((one) => one.visit === row.id || (row.regular && one.regular === row.regular))
    const comer = { ...chosen, id: row.id, name: chosen.firstName || said.someone, buddy: String(pair?.buddyName ?? '') }
    byOccurrence.set(row.occurrence, [...(byOccurrence.get(row.occurrence) ?? []), comer])
  }
  for (const comers of byOccurrence.values()) {
    comers.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
  }
  return byOccurrence
}
