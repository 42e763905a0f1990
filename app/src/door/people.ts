/**
 * Who may be at the door of one session: whoever said they'd come, and everybody on the group's list, each once, with
 * what is known of them today.
 */
import type { Row } from '../sync'
import { derived } from '../sync/effects/derived'

export type State = 'here' | 'away' | 'excused' | 'none'
export type Welcome = 'none' | 'door' | 'walk' | 'look'

export interface Person {
  /** The same before and after they are ticked for the first time. */
  key: string
  /** Their line on the group's list; '': they have none yet. */
  regular: string
  /** Their "I'd like to come" for this session; '': they didn't say. */
  visit: string
  name: string
  /** Nobody here may know them: they stand first. */
  newcomer: boolean
  welcome: Welcome
  say: string
  interests: string[]
  buddy: string
  state: State
  first: boolean
  welcomed: boolean
  introduced: string
}

export interface Facts {
  listing: string
  occurrence: string
  visits: Iterable<Row>
  regulars: ReadonlyMap<string, Row>
  marks: ReadonlyMap<string, Row>
  registers: ReadonlyMap<string, Row>
  pairings: Iterable<Row>
  /** What somebody is called who gave no name. */
  someone: string
}

const DAY = 10
const order = new Intl.Collator('en-GB', { sensitivity: 'base', numeric: true })

/** The register of a session, if anybody has said anything of it. The same day at another hour is the same session. */
export function registerOf(registers: ReadonlyMap<string, Row>, listing: string, occurrence: string): Row | undefined {
  const known = registers.get(derived('register', listing, occurrence))
  if (known) return known
  const day = [...registers.values()].filter((row) => row.listing === listing && row.occurrence.slice(0, DAY) === occurrence.slice(0, DAY))
  return day.length === 1 ? day[0] : undefined
}

/** The buddies of those who are paired, by line and by visit. */
function buddiesOf(pairings: Iterable<Row>, listing: string): Map<string, string> {
  const buddies = new Map<string, string>()
  for (const row of pairings) {
    if (row.listing !== listing || (row.status !== 'open' && row.status !== 'asked') || !row.buddyName) continue
    for (const id of [row.regular, row.visit]) if (id) buddies.set(id, row.buddyName)
  }
  return buddies
}

/** Everybody, whoever is new first; of those, whoever asked to be met. */
export function peopleOf(facts: Facts): Person[] {
  const { listing, occurrence, visits, regulars, marks, registers } = facts
  const register = registerOf(registers, listing, occurrence)?.id ?? derived('register', listing, occurrence)
  const buddies = buddiesOf(facts.pairings, listing)
  const coming = [...visits].filter((row) => row.listing === listing && row.occurrence === occurrence && row.status === 'coming')
  const visitOf = new Map(coming.filter((row) => regulars.has(row.regular)).map((row) => [row.regular as string, row]))
  const people: Person[] = []
  for (const line of regulars.values()) {
    const mark = marks.get(derived('mark', register, line.id))
    if (line.listing !== listing || (line.ended && (mark?.state ?? 'none') === 'none')) continue
    people.push(personOf(line, visitOf.get(line.id), mark, occurrence, buddies, facts.someone))
  }
  for (const visit of coming) if (!regulars.has(visit.regular)) people.push(personOf(undefined, visit, undefined, occurrence, buddies, facts.someone))
  return people.sort((a, b) => Number(b.newcomer) - Number(a.newcomer) || (a.newcomer ? need(b) - need(a) : 0) || order.compare(a.name, b.name) || (a.key < b.key ? -1 : 1))
}

const need = ({ welcome }: Person): number => (welcome === 'walk' ? 2 : welcome === 'door' ? 1 : 0)

function personOf(line: Row | undefined, visit: Row | undefined, mark: Row | undefined, occurrence: string, buddies: Map<string, string>, someone: string): Person {
  const first = mark ? mark.first === true : visit?.first === true
  const fresh = visit !== undefined && (!line || line.since === occurrence.slice(0, DAY))
  return {
    key: visit?.id ?? line?.id ?? '',
    regular: line?.id ?? '',
    visit: visit?.id ?? '',
    name: line?.firstName || visit?.firstName || someone,
    newcomer: fresh || first,
    welcome: welcomeOf(visit?.welcome),
    say: visit?.say ?? '',
    interests: Array.isArray(visit?.interests) ? visit.interests : [],
    buddy: buddies.get(line?.id ?? '') ?? buddies.get(visit?.id ?? '') ?? '',
    state: stateOf(mark?.state),
    first,
    welcomed: mark?.welcomed === true,
    introduced: mark?.introduced ?? '',
  }
}

const welcomeOf = (value: unknown): Welcome => (value === 'door' || value === 'walk' || value === 'look' ? value : 'none')

export const stateOf = (value: unknown): State => (value === 'here' || value === 'away' || value === 'excused' ? value : 'none')

const plain = (name: string): string => name.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('-', ' ').toLocaleLowerCase('en-GB').trim()

/** Those whose name begins like this, or has a word that does. */
export function withName(people: readonly Person[], typed: string): Person[] {
  const wanted = plain(typed)
  if (!wanted) return [...people]
  return people.filter(({ name }) => ` ${plain(name)}`.includes(` ${wanted}`))
}

/** Others of the list that are called the same: perhaps two phones added one person. */
export function namesakes(people: readonly Person[], one: Person): Person[] {
  return people.filter((other) => other.key !== one.key && other.regular !== '' && plain(other.name) === plain(one.name))
}

export const countHere = (people: readonly Person[]): number => people.filter(({ state }) => state === 'here').length
