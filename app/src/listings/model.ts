/**
 * Listings as the screens read them: the rows of docs/protocol.md section 7, joined for one list.
 *
 * Rows come from the server or from this phone's own outbox; a column that is empty may be missing, null, ''
 * or []. `listingOf()` and `placeOf()` give every column its empty value once, so that nothing below asks twice.
 */
import type { Row } from '../sync'
import type { Schedule } from '../calendar'

export type ListingKind = 'group' | 'event' | 'service' | 'notice'
export type ListingStatus = 'draft' | 'active' | 'paused' | 'ended' | 'gone'

export const VENUES = [
  'hall', 'cafe', 'pub', 'faith', 'library', 'school', 'shop', 'health', 'outdoors', 'sports', 'home', 'online', 'other',
] as const
export type Venue = (typeof VENUES)[number]

export const ACCESS = ['stepFree', 'toilet', 'hearingLoop', 'parking', 'quiet', 'seating', 'dogs', 'childcare'] as const
export type Access = (typeof ACCESS)[number]

export const PRICE_MODES = ['free', 'donation', 'payWhatYouCan', 'fixed', 'unknown'] as const
export type PriceMode = (typeof PRICE_MODES)[number]

export interface Amount {
  pence: number
  who: string
}

export interface Prices {
  mode: PriceMode
  amounts: Amount[]
  firstFree: boolean
  why: string
}

export interface FirstVisit {
  meets: string
  happens: string
  leaveEarly: boolean
  bringSomeone: boolean
  comeAndLook: boolean
  walkWithMe: boolean
}

export interface Contact {
  name: string
  phone: string
  email: string
  url: string
}

export interface Listing {
  id: string
  kind: ListingKind
  title: string
  summary: string
  description: string
  organisation: string
  place: string
  room: string
  schedule: Schedule
  prices: Prices
  access: Access[]
  venue: Venue | ''
  languages: string[]
  whoComes: string
  firstVisit: FirstVisit
  contact: Contact
  checked: string
  status: ListingStatus
  source: string
  sourceUrl: string
  twin: string
}

export interface Place {
  id: string
  name: string
  address: string
  postcode: string
  lat: number
  lon: number
  kind: Venue | ''
  access: Access[]
}

export interface Organisation {
  id: string
  name: string
  description: string
  url: string
  email: string
  phone: string
}

/** Degrees, WGS 84. */
export interface Point {
  lat: number
  lon: number
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const list = <T>(value: unknown): T[] => (Array.isArray(value) ? (value as T[]) : [])
const object = (value: unknown): Record<string, unknown> => (value && typeof value === 'object' ? (value as Record<string, unknown>) : {})
const number = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0)

/** Prices with every part; an unknown mode reads as unknown. */
export function pricesOf(value: unknown): Prices {
  const row = object(value)
  const mode = PRICE_MODES.find((known) => known === row.mode) ?? 'unknown'
  const amounts = list<Record<string, unknown>>(row.amounts).map((amount) => ({ pence: number(amount?.pence), who: text(amount?.who) }))
  return { mode, amounts, firstFree: row.firstFree === true, why: text(row.why) }
}

/** First-visit facts with every part; no answer is no. */
export function firstVisitOf(value: unknown): FirstVisit {
  const row = object(value)
  return {
    meets: text(row.meets),
    happens: text(row.happens),
    leaveEarly: row.leaveEarly === true,
    bringSomeone: row.bringSomeone === true,
    comeAndLook: row.comeAndLook === true,
    walkWithMe: row.walkWithMe === true,
  }
}

/** Contact facts with every part. */
export function contactOf(value: unknown): Contact {
  const row = object(value)
  return { name: text(row.name), phone: text(row.phone), email: text(row.email), url: text(row.url) }
}

/** A `listings` row with every column filled. */
export function listingOf(row: Row): Listing {
  return {
    id: row.id,
    kind: (text(row.kind) || 'group') as ListingKind,
    title: text(row.title),
    summary: text(row.summary),
    description: text(row.description),
    organisation: text(row.organisation),
    place: text(row.place),
    room: text(row.room),
    schedule: list(row.schedule),
    prices: pricesOf(row.prices),
    access: list<Access>(row.access),
    venue: text(row.venue) as Venue | '',
    languages: list<string>(row.languages),
    whoComes: text(row.whoComes),
    firstVisit: firstVisitOf(row.firstVisit),
    contact: contactOf(row.contact),
    checked: text(row.checked),
    status: (text(row.status) || 'active') as ListingStatus,
    source: text(row.source),
    sourceUrl: text(row.sourceUrl),
    twin: text(row.twin),
  }
}

/** A `places` row with every column filled. */
export function placeOf(row: Row): Place {
  return {
    id: row.id,
    name: text(row.name),
    address: text(row.address),
    postcode: text(row.postcode),
    lat: number(row.lat),
    lon: number(row.lon),
    kind: text(row.kind) as Venue | '',
    access: list<Access>(row.access),
  }
}

/** An `organisations` row with every column filled. */
export function organisationOf(row: Row): Organisation {
  return {
    id: row.id,
    name: text(row.name),
    description: text(row.description),
    url: text(row.url),
    email: text(row.email),
    phone: text(row.phone),
  }
}

/** Where a place is, or null when nobody has said (0, 0 is in the sea). */
export function pointOf(place: Place | null): Point | null {
  return place && (place.lat !== 0 || place.lon !== 0) ? { lat: place.lat, lon: place.lon } : null
}
