/**
 * How many listings each further choice would leave: what the panel of filters says, and comes with it.
 */
import { refusals, type Facet, type Found, type Item } from './catalogue'
import type { Filters } from './filters'

/** By facet and choice. */
export type Counts = Record<Facet, Map<string, number>>

export function countAll({ looked }: Found, filters: Filters): Counts {
  const counts: Counts = { costs: new Map(), access: new Map(), venues: new Map(), kinds: new Map(), languages: new Map() }
  for (const item of looked) countItem(counts, item, refusals(item, filters))
  return counts
}

function countItem(counts: Counts, item: Item, refused: readonly Facet[]): void {
  const add = (facet: Facet, values: readonly string[]) => {
    if (refused.length > 0 && !(refused.length === 1 && refused[0] === facet)) return
    for (const value of values) counts[facet].set(value, (counts[facet].get(value) ?? 0) + 1)
  }
  add('costs', item.costs)
  add('venues', item.venue ? [item.venue] : [])
  add('kinds', [item.listing.kind])
  add('languages', item.listing.languages)
  // A further access need narrows what is left, so it is counted only among what matches all others.
  if (refused.length === 0) for (const one of item.access) counts.access.set(one, (counts.access.get(one) ?? 0) + 1)
}
