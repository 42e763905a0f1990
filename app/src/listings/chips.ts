/**
 * What is filtered, as removable words, and which of it to let go of when nothing is left.
 */
import { displayLanguage, words } from '../words'
import { filters as said } from '../words/filters'
import { findItems, type Item } from './catalogue'
import { toggle, type FilterList, type Filters } from './filters'
import type { Point } from './model'

/** One filter that is set: its words, and the filters without it. */
export interface Chip {
  key: string
  text: string
  without: Filters
}

const NAMES: Record<FilterList, (value: string) => string> = {
  costs: (value) => said.costs[value as keyof typeof said.costs],
  access: (value) => words.access[value as keyof typeof words.access],
  venues: (value) => words.venues[value as keyof typeof words.venues],
  without: (value) => said.notKind(words.venues[value as keyof typeof words.venues].toLowerCase()),
  kinds: (value) => said.kinds[value as keyof typeof said.kinds],
  languages: displayLanguage,
}

/** "here", "my saved spot", or the postcode sector. */
export function fromWords(from: string): string {
  if (from === 'me') return said.here
  return from === 'saved' ? said.savedSpot : from
}

/** Every filter that is set, in the order of the panel. `dayName`: the day in words. */
export function chipsOf(filters: Filters, dayName: string): Chip[] {
  const chips: Chip[] = []
  if (filters.words.trim()) chips.push({ key: 'words', text: `“${filters.words.trim()}”`, without: { ...filters, words: '' } })
  if (filters.day) chips.push({ key: 'day', text: dayName, without: { ...filters, day: '' } })
  if (filters.miles) {
    chips.push({ key: 'miles', text: said.withinOf(filters.miles, fromWords(filters.from)), without: { ...filters, miles: 0 } })
  }
  for (const list of Object.keys(NAMES) as FilterList[]) {
    for (const value of filters[list]) chips.push({ key: `${list}/${value}`, text: NAMES[list](value), without: toggle(filters, list, value) })
  }
  return chips
}

/** The one filter whose going would bring back the most; null: no single one would bring anything. */
export function loosest(items: readonly Item[], chips: readonly Chip[], from: Point | null): { chip: Chip; count: number } | null {
  let best: { chip: Chip; count: number } | null = null
  for (const chip of chips) {
    if (chip.key === 'day') continue
    const count = findItems(items, chip.without, from).items.length
    if (count > (best?.count ?? 0)) best = { chip, count }
  }
  return best
}
