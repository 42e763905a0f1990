/**
 * Every listing, ready to be found: joined with its place and organisation, folded for words, sorted into
 * what each filter asks. Built once per change of the rows; a keystroke only reads it.
 */
import { displayLanguage, words } from '../words'
import type { Row } from '../sync'
import type { Filters } from './filters'
import { SECTION_KINDS } from './filters'
import {
  listingOf, organisationOf, placeOf, pointOf,
  type Access, type Listing, type Organisation, type Place, type Point, type Venue,
} from './model'
import { metresBetween } from './near'
import { costsOf, type Cost } from './price'
import { fold, matcher, searchable } from './search'

/** One listing as lists and filters need it. */
export interface Item {
  listing: Listing
  place: Place | null
  organisation: Organisation | null
  /** What the place and the listing offer together. */
  access: readonly Access[]
  venue: Venue | ''
  costs: readonly Cost[]
  point: Point | null
  /** The title as lists are sorted by it. */
  order: string
  /** See search.ts; '' until `foldItem`. */
  folded: string
}

/** Joins one listing. Its words are folded later, on the first search. */
export function itemOf(row: Row, places: ReadonlyMap<string, Row>, organisations: ReadonlyMap<string, Row>): Item {
  const listing = listingOf(row)
  const placeRow = places.get(listing.place)
  const organisationRow = organisations.get(listing.organisation)
  const place = placeRow ? placeOf(placeRow) : null
  return {
    listing,
    place,
    organisation: organisationRow ? organisationOf(organisationRow) : null,
    access: [...new Set([...listing.access, ...(place?.access ?? [])])],
    venue: listing.venue || place?.kind || '',
    costs: costsOf(listing.prices),
    point: pointOf(place),
    order: fold(listing.title),
    folded: '',
  }
}

/** From another place's list: nobody here runs it, so nobody here could be told that somebody wants to come. */
export function isFromFeed(item: Item): boolean {
  return /^(oruk|ical):/.test(item.listing.source)
}

/** Fills in what the words of a query are compared with. */
export function foldItem(item: Item): string {
  if (item.folded) return item.folded
  const { listing, place, organisation } = item
  const languages = listing.languages.map(displayLanguage)
  item.folded = searchable([
    listing.title, listing.summary, listing.description, listing.room, listing.whoComes,
    organisation?.name ?? '', place?.name ?? '', place?.address ?? '', place?.postcode ?? '', ...languages,
    item.venue ? words.venues[item.venue] : '',
  ])
  return item.folded
}

/** Order by title, the same for capitals and accents. Comparing as a language does takes a phone seconds for a town. */
export function byTitle(a: Item, b: Item): number {
  return a.order < b.order ? -1 : a.order > b.order ? 1 : 0
}

/** Whether a listing is shown in lists at all: what has ended or left its feed is only found by its link. */
export function isListed(item: Item): boolean {
  return item.listing.status === 'active' || item.listing.status === 'paused'
}

/** The parts of a filter that can be counted one by one. */
type Facet = 'costs' | 'access' | 'venues' | 'kinds' | 'languages'

/** How many listings each choice would leave, by facet and choice. */
export type Counts = Record<Facet, Map<string, number>>

export interface Found {
  items: Item[]
  counts: Counts
}

const some = (wanted: readonly string[], has: readonly string[]): boolean => wanted.length === 0 || wanted.some((one) => has.includes(one))

/** Which facets refuse this item: access must be there all, of the others any will do. */
function refusals(item: Item, filters: Filters): Facet[] {
  const refused: Facet[] = []
  if (!some(filters.costs, item.costs)) refused.push('costs')
  if (!filters.access.every((one) => item.access.includes(one))) refused.push('access')
  if (filters.venues.length && !filters.venues.includes(item.venue as Venue)) refused.push('venues')
  if (!some(filters.kinds, [item.listing.kind])) refused.push('kinds')
  if (!some(filters.languages, item.listing.languages)) refused.push('languages')
  return refused
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

/**
 * The items that match all filters but the day, and how many each further choice would leave.
 * `from`: where the distance is counted from; null: no distance is asked.
 */
export function findItems(items: Iterable<Item>, filters: Filters, from: Point | null): Found {
  const matches = matcher(filters.words)
  const wordless = filters.words.trim() === ''
  const metres = filters.miles * 1609.344
  const counts: Counts = { costs: new Map(), access: new Map(), venues: new Map(), kinds: new Map(), languages: new Map() }
  const found: Item[] = []
  for (const item of items) {
    if (!SECTION_KINDS[filters.section].includes(item.listing.kind) || !isListed(item)) continue
    if (filters.without.includes(item.venue as Venue)) continue
    if (metres && from && !(item.point && metresBetween(from, item.point) <= metres)) continue
    if (!wordless && !matches(foldItem(item))) continue
    const refused = refusals(item, filters)
    countItem(counts, item, refused)
    if (refused.length === 0) found.push(item)
  }
  return { items: found, counts }
}
