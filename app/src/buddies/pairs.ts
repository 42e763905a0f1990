/**
 * Who looks out for whom, as one phone knows it: a buddy's own, a newcomer's, and a group's for those who run it. Only
 * from rows that this phone holds.
 */
import type { Row } from '../sync'
import { chosenOf, type Chosen } from '../visits/visits'
import { buddies as said } from '../words/buddies'

export type Rows = (collection: string) => ReadonlyMap<string, Row>

/** What one phone holds. `me`: its member, or whom they act for. `holders`: under which names a row is held. */
export interface Held {
  rows: Rows
  holders: (collection: string, id: string) => readonly string[]
  me: string
}

const isNow = ({ status }: Row): boolean => status === 'asked' || status === 'open'
const byName = (a: { name: string; id: string }, b: { name: string; id: string }): number => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1)
const all = (rows: Rows, collection: string): Row[] => [...rows(collection).values()]

/** Ids of this person's own offers, whatever became of them. */
function ownOffers({ rows, holders, me }: Held): Set<string> {
  return new Set([...rows('buddies').keys()].filter((id) => holders('buddies', id).includes(`member/${me}`)))
}

/** Whose buddy this person is asked to be, or is; those that wait for an answer first. */
export function lookedOutFor(held: Held): Row[] {
  const own = ownOffers(held)
  return all(held.rows, 'pairings').filter((row) => isNow(row) && own.has(row.buddy)).sort((a, b) => Number(a.status === 'open') - Number(b.status === 'open') || (a.id < b.id ? -1 : 1))
}

/** Who looks out for this person, each at a group; for whoever helps them, too. */
export function buddiesOf(held: Held): Row[] {
  const own = ownOffers(held)
  const names = [`member/${held.me}`, `helped/${held.me}`]
  return all(held.rows, 'pairings').filter((row) => row.status === 'open' && row.buddy !== '' && !own.has(row.buddy) && held.holders('pairings', row.id).some((name) => names.includes(name)))
}

/** Who looks out for this person at a listing. */
export const buddyOf = (held: Held, listing: string): Row | undefined => buddiesOf(held).find((row) => row.listing === listing)

/** This person's own offers that stand, and those that were declined. */
export function offersOf(held: Held): Row[] {
  const own = ownOffers(held)
  return all(held.rows, 'buddies').filter((row) => own.has(row.id) && row.status !== 'ended')
}

/** Calls that this person is asked to make. NB! A host also holds those that are for the hosts. */
export function callsOf({ rows, holders, me }: Held, state: 'due' | 'done'): Row[] {
  const calls = all(rows, 'calls').filter((row) => row.state === state && holders('calls', row.id).includes(`member/${me}`))
  return calls.sort((a, b) => (a.due < b.due ? -1 : 1))
}

/** Somebody new who has nobody yet. */
export interface Newcomer extends Chosen {
  /** Of the visit or of the line of the register: what a command names. */
  by: { visit: string } | { regular: string }
  name: string
  id: string
  occurrence: string
}

/** A buddy who can be asked. */
export interface Buddy {
  id: string
  name: string
  interests: readonly string[]
  /** For how many they look out, or are asked to. */
  busy: number
}

/** One group, for those who run it. */
export interface Group {
  unanswered: Row[]
  newcomers: Newcomer[]
  regulars: { id: string; name: string }[]
  pairs: Row[]
  offered: Buddy[]
  approved: Buddy[]
  /** How much of it waits for somebody to do something. */
  todo: number
}

/** `after`: occurrences of before that day are over. */
export function groupOf(rows: Rows, listing: string, after: string): Group {
  const here = (collection: string) => all(rows, collection).filter((row) => row.listing === listing)
  const pairings = here('pairings')
  const current = pairings.filter(isNow)
  const buddy = (row: Row): Buddy => ({ id: row.id, name: row.firstName || said.somebody, interests: chosenOf(row).interests, busy: current.filter((one) => one.buddy === row.id).length })
  const offers = here('buddies')
  const [offered, approved] = ['offered', 'approved'].map((status) => offers.filter((row) => row.status === status).map(buddy).sort(byName)) as [Buddy[], Buddy[]]
  const unanswered = here('calls').filter((row) => row.toHosts && (row.state === 'due' || row.outcome !== 'spoke'))
  const pairs = pairings.filter((row) => isNow(row) || (row.status === 'declined' && !current.some((one) => isSame(one, row))))
  const newcomers = newcomersOf(here('visits'), pairings, after)
  const regulars = here('regulars').filter((row) => !row.ended && !current.some((one) => one.regular === row.id)).map((row) => ({ id: row.id, name: String(row.firstName) })).sort(byName)
  const alone = pairs.filter((row) => row.status === 'declined' || row.buddy === '').length
  const wanting = approved.length > 0 ? newcomers.filter(({ welcome, first }) => first || welcome === 'door' || welcome === 'walk').length : 0
  return { unanswered, newcomers, regulars, pairs: pairs.sort((a, b) => order(a) - order(b) || (a.id < b.id ? -1 : 1)), offered, approved, todo: unanswered.length + offered.length + alone + wanting }
}

/** What needs somebody first. */
const order = ({ status, buddy }: Row): number => (status === 'declined' || buddy === '' ? 0 : status === 'asked' ? 1 : 2)

/** Whether two pairings are of one newcomer, as far as hosts can tell. */
const isSame = (one: Row, other: Row): boolean => (one.visit !== '' && one.visit === other.visit) || (one.regular !== '' && one.regular === other.regular)

/** Who said that they come and has nobody, each once, by their next visit. Who said no thanks isn't offered a buddy again. */
function newcomersOf(visits: readonly Row[], pairings: readonly Row[], after: string): Newcomer[] {
  const known = pairings.filter((row) => isNow(row) || row.status === 'declined' || row.status === 'noThanks')
  const coming = visits.filter((row) => row.status === 'coming' && row.occurrence >= after).sort((a, b) => (a.occurrence < b.occurrence ? -1 : 1))
  const seen = new Set<string>()
  const found: Newcomer[] = []
  for (const row of coming) {
    const regular = String(row.regular ?? '')
    if (regular && (seen.has(regular) || known.some((one) => one.regular === regular))) continue
    if (known.some((one) => one.visit === row.id)) continue
    if (regular) seen.add(regular)
    const chosen = chosenOf(row)
    // Who is on the register, and wants nothing of the kind, isn't new.
    if (regular && !chosen.first && chosen.welcome === 'none') continue
    found.push({ ...chosen, id: row.id, by: { visit: row.id }, name: chosen.firstName || said.someone, occurrence: row.occurrence })
  }
  const rank = ({ first, welcome }: Newcomer) => (first ? 0 : welcome === 'walk' ? 1 : welcome === 'door' ? 2 : 3)
  return found.sort((a, b) => rank(a) - rank(b) || (a.occurrence < b.occurrence ? -1 : 1))
}

/** What two people both like, in the order of the list. */
export function inCommon(one: readonly string[], other: readonly string[]): string[] {
  return one.filter((key) => other.includes(key))
}

/** Those who have most in common first, and of those who look out for fewest. */
export function suited(buddies: readonly Buddy[], interests: readonly string[]): Buddy[] {
  const common = (buddy: Buddy) => inCommon(buddy.interests, interests).length
  return [...buddies].sort((a, b) => common(b) - common(a) || a.busy - b.busy || byName(a, b))
}
