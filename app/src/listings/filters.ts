/**
 * What is filtered, how it is written in the address, and what matches.
 *
 * Filters stand behind `#` in the address: deep links and Back work, and what a person looks for never
 * reaches a server or its logs. A position is never in the address, only "near me" or a postcode sector.
 */
import { ACCESS, VENUES, type Access, type ListingKind, type Venue } from './model'
import { COSTS, type Cost } from './price'

export type Section = 'groups' | 'services' | 'notices'

/** Which kinds of listing a section shows. */
export const SECTION_KINDS: Record<Section, readonly ListingKind[]> = {
  groups: ['group', 'event'],
  services: ['service'],
  notices: ['notice'],
}

export interface Filters {
  section: Section
  words: string
  /** `YYYY-MM-DD`, or '' for any day. */
  day: string
  costs: readonly Cost[]
  access: readonly Access[]
  /** Only these kinds of venue; none: all. */
  venues: readonly Venue[]
  /** Never these kinds of venue (C8). */
  without: readonly Venue[]
  kinds: readonly ListingKind[]
  languages: readonly string[]
  /** Farthest distance in miles; 0: any. */
  miles: number
  /** `me`, `saved` or a postcode sector: where the distance is counted from. '': nowhere. */
  from: string
}

export const NO_FILTERS: Filters = {
  section: 'groups', words: '', day: '', costs: [], access: [], venues: [], without: [], kinds: [], languages: [], miles: 0, from: '',
}

/** Distances offered, in miles. */
export const MILES = [0.5, 1, 2, 5] as const

const LISTS = ['costs', 'access', 'venues', 'without', 'kinds', 'languages'] as const
export type FilterList = (typeof LISTS)[number]

/** What goes behind `#`: `words=lunch&costs=free,donation`. Empty when nothing is filtered. */
export function toHash(filters: Filters): string {
  const query = new URLSearchParams()
  if (filters.section !== 'groups') query.set('show', filters.section)
  if (filters.words.trim()) query.set('words', filters.words.trim())
  if (filters.day) query.set('day', filters.day)
  for (const name of LISTS) if (filters[name].length) query.set(name, filters[name].join(','))
  if (filters.from) query.set('from', filters.from)
  if (filters.miles) query.set('miles', String(filters.miles))
  return query.toString().replaceAll('%2C', ',')
}

function among<T extends string>(value: string | null, known: readonly T[]): T[] {
  const asked = (value ?? '').split(',')
  return known.filter((one) => asked.includes(one))
}

/** Reads an address that anybody may have typed: what isn't known is left out. */
export function fromHash(hash: string): Filters {
  const query = new URLSearchParams(hash.replace(/^#/, ''))
  const show = query.get('show')
  const miles = Number(query.get('miles'))
  const day = query.get('day') ?? ''
  return {
    section: show === 'services' || show === 'notices' ? show : 'groups',
    words: query.get('words') ?? '',
    day: /^\d{4}-\d{2}-\d{2}$/.test(day) ? day : '',
    costs: among(query.get('costs'), COSTS),
    access: among(query.get('access'), ACCESS),
    venues: among(query.get('venues'), VENUES),
    without: among(query.get('without'), VENUES),
    kinds: among(query.get('kinds'), ['group', 'event', 'service', 'notice']),
    languages: (query.get('languages') ?? '').split(',').filter((tag) => /^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$/.test(tag)),
    miles: (MILES as readonly number[]).includes(miles) ? miles : 0,
    from: query.get('from') ?? '',
  }
}

/** True when anything but the section narrows the list. */
export function isFiltered(filters: Filters): boolean {
  return toHash({ ...filters, section: 'groups', from: filters.miles ? filters.from : '' }) !== ''
}

/** How many filters are set behind the "Filters" button: the words and the day have places of their own. */
export function countFilters(filters: Filters): number {
  return LISTS.reduce((sum, name) => sum + filters[name].length, 0) + (filters.miles ? 1 : 0)
}

/** Adds `value` to a list of the filters, or takes it away. Venue kinds are wanted, unwanted or neither. */
export function toggle(filters: Filters, list: FilterList, value: string): Filters {
  const has = (filters[list] as readonly string[]).includes(value)
  const next = has ? filters[list].filter((one) => one !== value) : [...filters[list], value]
  const changed = { ...filters, [list]: next }
  if (list === 'venues' && !has) changed.without = filters.without.filter((one) => one !== value)
  if (list === 'without' && !has) changed.venues = filters.venues.filter((one) => one !== value)
  return changed
}
