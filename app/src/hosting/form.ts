/**
 * The form of a listing, without the screen: from a listing to what is typed, what is wrong with it, and back.
 */
import type { Schedule } from '../calendar'
import type { Access, Amount, FirstVisit, Contact, Listing, ListingKind, PriceMode, Venue } from '../listings/model'
import { hosting as said } from '../words/hosting'
import { isPhone, tidyPhone } from '../ui/phone'
import { readRepeat, scheduleOf, type Repeat } from '../ui/repeat'

/** Everything that is typed or ticked. JSON, so that it survives a killed tab. */
export interface Typed {
  kind: ListingKind
  title: string
  summary: string
  description: string
  /** keep: the stored schedule stays, whatever it is. */
  times: 'keep' | 'none' | 'set'
  date: string
  time: string
  ends: string
  repeat: Repeat
  /** Somebody chose the rhythm: it doesn't follow the kind any more. */
  rhythm?: 'chosen'
  holidays: boolean
  where: 'known' | 'new' | 'nowhere'
  place: string
  placeName: string
  placeAddress: string
  placePostcode: string
  placeKind: Venue
  room: string
  mode: PriceMode
  amounts: { pounds: string; who: string }[]
  firstFree: boolean
  why: string
  access: Access[]
  firstVisit: FirstVisit
  whoComes: string
  contact: Contact
}

export interface Mistake {
  field: string
  text: string
}

const NO_CONTACT: Contact = { name: '', phone: '', email: '', url: '' }

/** What a form proposes for that kind. */
const rhythmFor = (kind: ListingKind): Repeat => (kind === 'event' ? 'once' : 'week')

/** What another kind changes: a one-off is once, unless somebody chose how often it is. */
export const asKind = ({ repeat, rhythm }: Typed, kind: ListingKind): Pick<Typed, 'kind' | 'repeat'> => ({ kind, repeat: rhythm ? repeat : rhythmFor(kind) })

/** An empty form. */
export function blank(): Typed {
  return {
    kind: 'group', title: '', summary: '', description: '', times: 'set', date: '', time: '', ends: '', repeat: 'week', holidays: false,
    where: 'known', place: '', placeName: '', placeAddress: '', placePostcode: '', placeKind: 'hall', room: '',
    mode: 'free', amounts: [{ pounds: '', who: '' }], firstFree: false, why: '', access: [],
    firstVisit: { meets: '', happens: '', leaveEarly: true, bringSomeone: true, comeAndLook: true, walkWithMe: false },
    whoComes: '', contact: { ...NO_CONTACT },
  }
}

const pounds = (pence: number): string => (pence % 100 === 0 ? String(pence / 100) : (pence / 100).toFixed(2))

/** What the form shows of a listing that is there already. */
export function typedOf(listing: Listing): Typed {
  const amounts = listing.prices.amounts.map(({ pence, who }) => ({ pounds: pounds(pence), who }))
  const rhythm = readRepeat(listing.schedule)
  return {
    ...blank(),
    repeat: rhythmFor(listing.kind),
    kind: listing.kind, title: listing.title, summary: listing.summary, description: listing.description,
    times: listing.schedule.length === 0 ? 'none' : rhythm ? 'set' : 'keep', ...(rhythm && { ...rhythm, rhythm: 'chosen' }),
    where: listing.place ? 'known' : 'nowhere', place: listing.place, room: listing.room,
    mode: listing.prices.mode, amounts: amounts.length ? amounts : [{ pounds: '', who: '' }], firstFree: listing.prices.firstFree, why: listing.prices.why,
    access: listing.access, firstVisit: listing.firstVisit, whoComes: listing.whoComes, contact: listing.contact,
  }
}

/** "3", "3.50", "£3.50", "3,50" in pence; null: not a price. */
export function penceOf(text: string): number | null {
  const found = /^£?\s*(\d{1,4})(?:[.,](\d{1,2}))?$/.exec(text.trim())
  if (!found) return null
  return Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0'))
}

/** A further price that was left empty is no price, and no mistake. */
const isUsed = (amount: Typed['amounts'][number], index: number): boolean => index === 0 || Boolean(amount.pounds.trim() || amount.who.trim())

function whenMistakes(typed: Typed): Mistake[] {
  if (typed.times !== 'set') return []
  const found: Mistake[] = []
  if (!/^\d{4}-\d{2}-\d{2}$/.test(typed.date)) found.push({ field: 'date', text: said.mistakes.date })
  if (!/^\d{2}:\d{2}$/.test(typed.time)) found.push({ field: 'time', text: said.mistakes.time })
  else if (typed.ends && typed.ends <= typed.time) found.push({ field: 'ends', text: said.mistakes.ends })
  return found
}

function whereMistakes(typed: Typed): Mistake[] {
  if (typed.where === 'known' && !typed.place) return [{ field: 'placeWords', text: said.mistakes.place }]
  if (typed.where !== 'new') return []
  const found: Mistake[] = []
  if (!typed.placeName.trim()) found.push({ field: 'placeName', text: said.mistakes.placeName })
  if (typed.placePostcode.trim() && !/^[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}$/i.test(typed.placePostcode.trim())) {
    found.push({ field: 'placePostcode', text: said.mistakes.placePostcode })
  }
  return found
}

/** What has to be mended, in the order of the form. Ids of fields as in EditListing.svelte. */
export function mistakesOf(typed: Typed): Mistake[] {
  const found: Mistake[] = []
  if (!typed.title.trim()) found.push({ field: 'title', text: said.mistakes.title })
  if (typed.title.trim().length > 120) found.push({ field: 'title', text: said.mistakes.titleLong })
  found.push(...whenMistakes(typed), ...whereMistakes(typed))
  if (typed.mode === 'fixed') {
    typed.amounts.forEach((amount, index) => {
      if (isUsed(amount, index) && penceOf(amount.pounds) === null) found.push({ field: `amount-${index}`, text: said.mistakes.amount })
    })
  }
  const { phone, email } = typed.contact
  if (phone.trim() && !isPhone(tidyPhone(phone), 'listing')) found.push({ field: 'contactPhone', text: said.mistakes.phone })
  if (email.trim() && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.trim())) found.push({ field: 'contactEmail', text: said.mistakes.email })
  return found
}

function amountsOf(typed: Typed): Amount[] {
  if (typed.mode !== 'fixed') return []
  return typed.amounts.filter(isUsed).map(({ pounds: text, who }) => ({ pence: penceOf(text) ?? 0, who: who.trim() }))
}

/** The columns of the listing, as `listings.add` and `listings.edit` take them. `place`: the id of the place. */
export function columnsOf(typed: Typed, place: string, zone: string, stored: Schedule): Record<string, unknown> {
  const trimmed = <T extends object>(value: T): T =>
    Object.fromEntries(Object.entries(value).map(([key, one]) => [key, typeof one === 'string' ? one.trim() : one])) as T
  return {
    kind: typed.kind, title: typed.title.trim(), summary: typed.summary.trim(), description: typed.description.trim(), place, room: typed.room.trim(),
    schedule: typed.times === 'keep' ? stored : typed.times === 'none' ? [] : scheduleOf(typed, zone),
    prices: { mode: typed.mode, amounts: amountsOf(typed), firstFree: typed.mode !== 'free' && typed.firstFree, why: typed.why.trim() },
    access: typed.access, firstVisit: trimmed(typed.firstVisit), whoComes: typed.whoComes.trim(), contact: { ...trimmed(typed.contact), phone: tidyPhone(typed.contact.phone) },
  }
}

/** What `listings.edit` says: the columns that differ, and what they were when the person saw them. */
export function changesOf(columns: Record<string, unknown>, before: Record<string, unknown>): { set: Record<string, unknown>; was: Record<string, unknown> } {
  const set: Record<string, unknown> = {}
  const was: Record<string, unknown> = {}
  for (const [column, value] of Object.entries(columns)) {
    if (JSON.stringify(value) === JSON.stringify(before[column])) continue
    set[column] = value
    was[column] = before[column] ?? null
  }
  return { set, was }
}
