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

/**
 * One listing as lists and filters need it. What not every screen asks of ten thousand listings is worked out on
 * the first asking: the first list of a first visit must not wait for it.
 */
export class Item {
  /** See search.ts; '' until `foldItem`. */
  folded = ''
  #access: readonly Access[] | undefined
  #costs: readonly Cost[] | undefined
  #order: string | undefined

  constructor(
    readonly listing: Listing,
    readonly place: Place | null,
    readonly organisation: Organisation | null,
  ) {}

  /** What the place and the listing offer together. */
  get access(): readonly Access[] {
    return (this.#access ??= [...new Set([...this.listing.access, ...(this.place?.access ?? [])])])
  }

  get venue(): Venue | '' {
    return this.listing.venue || this.place?.kind || ''
  }

  get costs(): readonly Cost[] {
    return (this.#costs ??= costsOf(this.listing.prices))
  }

  get point(): Point | null {
    return pointOf(this.place)
  }

  /** The title as lists are sorted by it. */
  get order(): string {
    return (this.#order ??= fold(this.listing.title))
  }
}

/** Joins one listing. Its words are folded later, on the first search. */
export function itemOf(row: Row, places: ReadonlyMap<string, Row>, organisations: ReadonlyMap<string, Row>): Item {
  const listing = listingOf(row)
  return new Item(listing, read(places.get(listing.place), readPlaces, placeOf), read(organisations.get(listing.organisation), readOrganisations, organisationOf))
}

/** A place is read once, however many listings are held in it. */
const readPlaces = new WeakMap<Row, Place>()
const readOrganisations = new WeakMap<Row, Organisation>()

function read<T>(row: Row | undefined, known: WeakMap<Row, T>, readRow: (row: Row) => T): T | null {
  if (!row) return null
  let one = known.get(row)
  if (!one) known.set(row, (one = readRow(row)))
  return one
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
export type Facet = 'costs' | 'access' | 'venues' | 'kinds' | 'languages'

export interface Found {
  items: Item[]
  /** With those that only a facet refuses: see counts.ts. */
  looked: Item[]
}

const some = (wanted: readonly string[], has: () => readonly string[]): boolean => wanted.length === 0 || wanted.some((one) => has().includes(one))

const NOTHING: readonly Facet[] = []

/** Which facets refuse this item: access must be there all, of the others any will do. */
export function refusals(item: Item, filters: Filters): readonly Facet[] {
  if (!isFaceted(filters)) return NOTHING
  const refused: Facet[] = []
  if (!some(filters.costs, () => item.costs)) refused.push('costs')
  if (!filters.access.every((one) => item.access.includes(one))) refused.push('access')
  if (filters.venues.length && !filters.venues.includes(item.venue as Venue)) refused.push('venues')
  if (!some(filters.kinds, () => [item.listing.kind])) refused.push('kinds')
  if (!some(filters.languages, () => item.listing.languages)) refused.push('languages')
  return refused
}

function isFaceted({ costs, access, venues, kinds, languages }: Filters): boolean {
  return costs.length + access.length + venues.length + kinds.length + languages.length > 0
}

/**
 * The items that match all filters but the day.
 * `from`: where the distance is counted from; null: no distance is asked.
 */
export function findItems(items: Iterable<Item>, filters: Filters, from: Point | null): Found {
  const matches = matcher(filters.words)
  const wordless = filters.words.trim() === ''
  const metres = filters.miles * 1609.344
  const found: Item[] = []
  const looked: Item[] = []
  for (const item of items) {
    if (!SECTION_KINDS[filters.section].includes(item.listing.kind) || !isListed(item)) continue
    if (filters.without.includes(item.venue as Venue)) continue
    if (metres && from && !(item.point && metresBetween(from, item.point) <= metres)) continue
    if (!wordless && !matches(foldItem(item))) continue
    looked.push(item)
    if (refusals(item, filters).length === 0) found.push(item)
  }
  return { items: found, looked }
}
