/**
 * What another phone changed of a register since this one's person last looked: said once, and calmly. This phone keeps
 * what its person said (`mine`) and what they were told (`told`), by line, for as long as a register can change.
 */
import type { Entry, LocalFacts } from '../sync'
import { stateOf, type Person, type State } from './people'

const KEY = 'door'
/** What the count is called among the lines; no line has such an id. */
export const HEADS = 'heads'
const KEPT_DAYS = 21
const DAY_MS = 86_400_000

export interface Seen {
  /** The day of its session, by which it is forgotten. */
  day: string
  mine: Record<string, string>
  over: Record<string, string>
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
  | { kind: 'other'; key: string; name: string; mine: boolean; was: State; is: State }
  | { kind: 'kept'; key: string; name: string; was: string; is: string }
  | { kind: 'ticked'; key: string; names: string[] }
  | { kind: 'heads'; key: string; heads: number }
  | { kind: 'headsKept'; key: string; was: number; is: number }
  | { kind: 'taken'; key: string; taken: boolean }

const statesOf = (people: readonly Person[]): Record<string, State> => Object.fromEntries(people.filter(({ regular, state }) => regular && state !== 'none').map(({ regular, state }) => [regular, state]))

/** What somebody has seen who opens a door for the first time: all there is. */
export function seenNow(day: string, { people, heads, taken }: Standing, before?: Seen): Seen {
  const now = statesOf(people)
  const mine = Object.fromEntries(Object.keys(before?.mine ?? {}).map((key) => [key, key === HEADS ? String(heads) : (now[key] ?? 'none')]))
  return { day, mine, over: {}, told: now, heads, taken }
}

/** What this phone's person says of a line, or of the heads, where `shown` stood. Correcting oneself is not correcting another. */
export function withSaid(seen: Seen, key: string, said: string, shown: string): Seen {
  const over = seen.mine[key] === shown ? seen.over : { ...seen.over, [key]: shown }
  return { ...seen, mine: { ...seen.mine, [key]: said }, over, ...(key === HEADS ? { heads: Number(said) } : {}) }
}

/** What differs from what this phone's person said or was told. */
export function newsOf(seen: Seen, { people, heads, taken }: Standing): News[] {
  const news: News[] = []
  const ticked: string[] = []
  for (const { regular, name, state } of people) {
    if (!regular) continue
    const mine = regular in seen.mine
    const was = stateOf(seen.mine[regular] ?? seen.told[regular])
    if (was === state) continue
    if (was === 'none' && state === 'here') ticked.push(name)
    else news.push({ kind: 'other', key: regular, name, mine, was, is: state })
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

/** Whose a mark is. */
export type LineOf = (mark: string) => { regular: string; name: string } | undefined

interface Word extends Replaced {
  /** The line, or HEADS. */
  key: string
  name: string
  /** This phone's word is the one that stands. */
  stands: boolean
}

/** The words of others that an answer names: what somebody's state is, and the count. The rest is for the rows to say. */
function wordsOf({ name, args, result }: Entry, lineOf: LineOf): Word[] {
  const sent = name === 'registers.add' ? 'here' : args.marks?.[0]?.state
  return ((Array.isArray(result?.replaced) ? result.replaced : []) as Replaced[]).flatMap((one) => {
    if (one.column === 'heads') return [{ ...one, key: HEADS, name: '', stands: one.is === String(args.heads) }]
    const line = one.column === 'state' ? lineOf(one.id) : undefined
    return line ? [{ ...one, key: line.regular, name: line.name, stands: one.is === sent }] : []
  })
}

/** Whoever said it saw that word of another's, and put it right. */
const isSeen = ({ key, was }: Word, seen: Seen | undefined): boolean => was === (seen?.over[key] ?? (key === HEADS ? '0' : 'none'))

/** Where this phone's word stands over another's that its person hadn't seen. Where another's does, the rows say so themselves. */
export function keptOf(answers: readonly Entry[], seen: Seen, lineOf: LineOf): News[] {
  const news = new Map<string, News>()
  for (const word of answers.flatMap((entry) => wordsOf(entry, lineOf))) {
    const { key, name, was, is } = word
    if (!word.stands || isSeen(word, seen)) continue
    news.set(key, key === HEADS ? { kind: 'headsKept', key: 'kept heads', was: Number(was), is: Number(is) } : { kind: 'kept', key: `kept ${key}`, name, was, is })
  }
  return [...news.values()]
}

/** Whether an answer holds nothing that its person doesn't know. */
export function isNoNews(entry: Entry, seen: Seen | undefined, lineOf: LineOf): boolean {
  return !entry.result?.gone && wordsOf(entry, lineOf).every((word) => word.stands && isSeen(word, seen))
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
