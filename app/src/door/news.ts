/**
 * What another phone changed of a register since this one's person last looked: said once, and calmly. This phone keeps
 * what its person said (`mine`) and what they were told (`told`), by line, for as long as a register can change.
 */
import type { Entry, LocalFacts } from '../sync'
import type { Person, State } from './people'

const KEY = 'door'
const KEPT_DAYS = 21
const DAY_MS = 86_400_000

export interface Seen {
  /** The day of its session, by which it is forgotten. */
  day: string
  mine: Record<string, State>
  told: Record<string, State>
  heads: number
  taken: boolean
}

/** How a register stands now. */
export interface Standing {
  people: readonly Person[]
  heads: number
  taken: boolean
}

export type News =
  | { kind: 'other'; key: string; name: string; was: State; is: State }
  | { kind: 'kept'; key: string; name: string; was: string; is: string }
  | { kind: 'ticked'; key: string; names: string[] }
  | { kind: 'heads'; key: string; heads: number }
  | { kind: 'headsKept'; key: string; was: number; is: number }
  | { kind: 'taken'; key: string; taken: boolean }

const statesOf = (people: readonly Person[]): Record<string, State> => Object.fromEntries(people.filter(({ regular, state }) => regular && state !== 'none').map(({ regular, state }) => [regular, state]))

/** What somebody has seen who opens a door for the first time: all there is. */
export function seenNow(day: string, { people, heads, taken }: Standing, before?: Seen): Seen {
  const now = statesOf(people)
  const mine = Object.fromEntries(Object.keys(before?.mine ?? {}).map((regular) => [regular, now[regular] ?? 'none']))
  return { day, mine, told: now, heads, taken }
}

/** What differs from what this phone's person said or was told. */
export function newsOf(seen: Seen, { people, heads, taken }: Standing): News[] {
  const news: News[] = []
  const ticked: string[] = []
  for (const { regular, name, state } of people) {
    if (!regular) continue
    const mine = seen.mine[regular]
    const told = seen.told[regular] ?? 'none'
    if (mine !== undefined && mine !== state) news.push({ kind: 'other', key: regular, name, was: mine, is: state })
    else if (mine === undefined && told !== state) {
      if (told === 'none' && state === 'here') ticked.push(name)
      else news.push({ kind: 'other', key: regular, name, was: told, is: state })
    }
  }
  if (ticked.length > 0) news.push({ kind: 'ticked', key: 'ticked', names: ticked })
  if (heads !== seen.heads) news.push({ kind: 'heads', key: 'heads', heads })
  if (taken !== seen.taken) news.push({ kind: 'taken', key: 'taken', taken })
  return news
}

/** Answers to what was said here of that session that name another's word: the other's was the earlier one. */
export function answersOf(outbox: readonly Entry[], listing: string, occurrence: string): Entry[] {
  return outbox.filter(({ name, state, args }) => state === 'merged' && name.startsWith('registers.') && args.listing === listing && args.occurrence === occurrence)
}

interface Replaced {
  id: string
  column: string
  was: string
  is: string
}

/** Of those answers, where this phone's word stands. Where another's does, the rows say so themselves. `nameOf`: a mark's. */
export function keptOf(answers: readonly Entry[], nameOf: (mark: string) => string): News[] {
  const news = new Map<string, News>()
  for (const { name, args, result } of answers) {
    for (const { id, column, was, is } of (Array.isArray(result?.replaced) ? result.replaced : []) as Replaced[]) {
      if (column === 'heads' && is === String(args.heads)) news.set(column, { kind: 'headsKept', key: 'kept heads', was: Number(was), is: Number(is) })
      const sent = name === 'registers.add' ? 'here' : args.marks?.[0]?.state
      if (column === 'state' && is === sent && nameOf(id)) news.set(id, { kind: 'kept', key: `kept ${id}`, name: nameOf(id), was, is })
    }
  }
  return [...news.values()]
}

const all = (local: LocalFacts): Record<string, Seen> => (local.get(KEY) as Record<string, Seen> | undefined) ?? {}

export const readSeen = (facts: unknown, register: string): Seen | undefined => (facts as Record<string, Seen> | undefined)?.[register]

export const seenKey = KEY

/** Keeps it, and forgets what is too old to change. */
export function keepSeen(local: LocalFacts, register: string, seen: Seen, now: number): Promise<void> {
  const oldest = new Date(now - KEPT_DAYS * DAY_MS).toISOString().slice(0, 10)
  const kept = Object.entries(all(local)).filter(([id, { day }]) => id !== register && day >= oldest)
  return local.set(KEY, Object.fromEntries([...kept, [register, seen]]))
}
