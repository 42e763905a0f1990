/**
 * Lines of the inbox: what a notice says in words, and which screen it leads to. Only from rows that this phone holds;
 * what it doesn't hold yet is said without its name.
 */
import type { Row } from '../sync'
import { dayOf } from '../ui/dates'
import type { SignName } from '../ui/Sign.svelte'
import { told, toldHelper, toldOther } from '../words/notices'

export interface Line {
  id: string
  /** Milliseconds since 1970. */
  at: number
  /** Only the hour of it is known. */
  hourly: boolean
  read: boolean
  icon: SignName
  what: string
  how: string
  /** The screen that it leads to; '' for what this version doesn't know. */
  href: string
  /** Whom it is for: '' oneself, else the id of whom one acts for. */
  about: string
}

export type Rows = (collection: string) => ReadonlyMap<string, Row>

/** What the rows of one phone know. `me`: its member. */
export interface Known {
  rows: Rows
  me: string
  coordinates: boolean
}

type Where = string | ((ref: string, known: Known) => string)

const concern: Where = (ref) => (ref ? `/concerns/${ref}` : '/concerns')
const listing: Where = (ref) => `/l/${ref}`
const helps = (ref: string, { rows, me }: Known): boolean => rows('consents').get(ref)?.helper === me
const agreement: Where = (ref, known) => (helps(ref, known) ? '/you/helping' : '/you/helpers')
/** What of a pairing or an offer leads to the group that it is of, for those who run it. */
const group = (collection: string): Where => (ref, { rows }) => `/buddies${slash(rows(collection).get(ref)?.listing)}`
const slash = (id: unknown): string => (id ? `/${id}` : '')
const myBuddy: Where = (ref, { rows }) => {
  const where = rows('pairings').get(ref)?.listing
  return where ? `/l/${where}/come` : '/plans'
}
/** Of the listing: those who run it find another, whoever is a buddy there sees what is left, and a newcomer that they can come all the same. */
const over: Where = (ref, { rows }) => {
  if ([...rows('hosts').values()].some((row) => row.listing === ref)) return `/buddies/${ref}`
  return [...rows('buddies').values()].some((row) => row.listing === ref) ? '/buddies' : `/l/${ref}`
}
/** A circle, by what the reference is to; all of them, where this phone doesn't hold it any more. */
const circle = (part = '', ...collections: string[]): Where => (ref, { rows }) => {
  const id = collections.map((collection) => rows(collection).get(ref)?.circle).find(Boolean)
  return id ? `/circles/${id}${part}` : '/circles'
}
const reply: Where = (ref, { rows }) => `/asks${slash(rows('replies').get(ref)?.ask)}`
/** The line doesn't say of which: what was written last is what is new. */
const message: Where = (_ref, { rows }) => {
  const about = [...rows('messages').values()].sort((a, b) => (String(a.at ?? a.day) < String(b.at ?? b.day) ? 1 : -1))[0]?.about
  return rows('circleHelpers').has(about) ? `/circles${slash(rows('circleHelpers').get(about)?.circle)}` : `/asks${slash(rows('replies').get(about)?.ask)}`
}
const ownTurn: Where = (ref) => `/day/${ref}`
const atDeskOrShop = (part: string): Where => (_ref, { coordinates }) => (coordinates ? `/desk/${part}` : '/shop')

/** Sign and screen of each thing that can have happened. */
const PLACES: Record<string, [icon: SignName, where: Where]> = {
  'concern.urgent': ['warning', concern], 'concern.waits': ['warning', concern], 'concern.phone': ['phone', concern],
  'concern.yours': ['mail', concern], 'concern.yoursUrgent': ['warning', concern], 'concern.glass': ['door', '/desk/glasses'], 'concern.idle': ['clock', concern], 'concern.listener': ['people', concern],
  'note.new': ['mail', '/surgery'], 'report.new': ['warning', '/desk/reports'], 'complaint.new': ['warning', '/desk/reports'],
  'review.new': ['ticket', atDeskOrShop('scheme/reviews')], 'device.pending': ['mobile', atDeskOrShop('devices')],
  'buddy.offered': ['people', group('buddies')], 'buddy.approved': ['people', '/buddies'],
  'pairing.asked': ['people', '/buddies'], 'pairing.open': ['people', myBuddy], 'pairing.changed': ['calendar', '/buddies'], 'pairing.over': ['people', over],
  'call.due': ['phone', (ref) => `/ring/${ref}`], 'call.unanswered': ['phone', group('calls')],
  'circle.asked': ['people', circle('/people', 'circleHelpers')], 'circle.in': ['people', (ref) => `/circles${slash(ref)}`], 'circle.over': ['people', '/circles'],
  'circle.yours': ['people', (ref) => `/circles/${ref}/people`], 'circle.nobody': ['people', (ref) => `/desk/people/${ref}`],
  'turn.open': ['hand', circle('', 'turns')], 'turn.unfilled': ['calendar', circle('', 'turns')], 'turn.yours': ['calendar', ownTurn], 'turn.notYours': ['calendar', circle('', 'turns')],
  'turn.off': ['close', circle('', 'turns')], 'turn.moved': ['calendar', ownTurn], 'turn.tomorrow': ['clock', ownTurn], 'turn.noAnswer': ['warning', circle('', 'turns')], 'turn.home': ['tick', circle('', 'turns')],
  'swap.asked': ['share', circle('', 'swaps', 'turns')], 'swap.no': ['share', circle('', 'swaps', 'turns')],
  'ask.reply': ['hand', (ref) => `/asks${slash(ref)}`], 'reply.chosen': ['tick', reply], 'reply.over': ['hand', (ref) => `/asks${slash(ref)}`], 'message.new': ['mail', message],
  'visit.new': ['hand', '/groups'], 'listing.changed': ['calendar', listing], 'listing.off': ['close', listing],
  'report.closed': ['tick', '/you/report'], 'acting.began': ['people', agreement], 'acting.ended': ['people', agreement], 'role.given': ['person', '/you'],
  'stamp.counted': ['card', '/card'], 'reward.reached': ['card', '/card'], 'voucher.used': ['ticket', '/card'],
  'device.new': ['mobile', '/you/devices'], 'recovery.used': ['key', '/you/devices'], 'recovery.open': ['key', '/desk/recovery'],
  'email.changed': ['mail', '/you/email'], trial: ['leaf', '/you/notices'],
}

/** The column that names what a reference is to, by the group of its template. */
const NAMES: Record<string, [collection: string, column: string]> = { visit: ['listings', 'title'], listing: ['listings', 'title'], reward: ['rewards', 'title'] }

function nameOf(template: string, ref: string, rows: Rows): string {
  const group = template.split('.')[0]!
  if (!Object.hasOwn(NAMES, group)) return ''
  const [collection, column] = NAMES[group]!
  return String(rows(collection).get(ref)?.[column] ?? '')
}

export function lineOf(row: Row, known: Known): Line {
  const template = String(row.template)
  const ref = String(row.ref ?? '')
  const theirs = Object.hasOwn(toldHelper, template) && helps(ref, known) ? toldHelper : told
  const words = Object.hasOwn(theirs, template) ? theirs[template]! : toldOther
  const [icon, where] = Object.hasOwn(PLACES, template) ? PLACES[template]! : (['info', ''] as const)
  const name = nameOf(template, ref, known.rows)
  return {
    id: row.id, at: Date.parse(row.at), hourly: template.startsWith('concern.') || template === 'note.new', read: row.read === true, icon, how: words.how, about: String(row.about ?? ''),
    what: name && words.named ? words.named(name) : words.what,
    href: typeof where === 'function' ? where(ref, known) : where,
  }
}

/** The newest first; of the same minute in a settled order. */
export function linesOf(rows: Iterable<Row>, known: Known): Line[] {
  return Array.from(rows, (row) => lineOf(row, known)).sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1))
}

/** Lines by the day they are of, in the order they came in. */
export function daysOf(lines: readonly Line[], zone: string): [day: string, lines: Line[]][] {
  const days = new Map<string, Line[]>()
  for (const line of lines) {
    const day = dayOf(line.at, zone)
    const list = days.get(day)
    if (list) list.push(line)
    else days.set(day, [line])
  }
  return [...days]
}
