/**
 * Small asks as one phone knows them: one's own, those to which one said "I can", and the rest of the board. Only from
 * rows that this phone holds.
 */
import type { Row } from '../sync'
import type { Part } from '../words/asks'
import type { Kind } from '../words/errands'

export type Rows = (collection: string) => ReadonlyMap<string, Row>

/** What one phone holds. `me`: its member, or whom they act for. `holders`: under which names a row is held. */
export interface Held {
  rows: Rows
  holders: (collection: string, id: string) => readonly string[]
  me: string
}

/** What can be asked for on the board, in the order of the form. What tells of somebody's health isn't among it. */
export const KINDS: readonly Kind[] = ['walk', 'post', 'lunch', 'company', 'other']
export const PARTS: readonly Part[] = ['any', 'morning', 'afternoon', 'evening']
/** As many letters as the server takes (internal/limits). */
export const LONGEST = 200
/** For how many days ahead one can ask (internal/limits). */
export const FURTHEST = 28

/** The surer first. */
const SAFETY = ['dbs', 'reference', 'known']
const PART_ORDER: Record<string, number> = { any: 0, morning: 1, afternoon: 2, evening: 3 }

export const partOf = (row: Row): Part => (PARTS.includes(row.part) ? row.part : 'any')

const soonest = (a: Row, b: Row): number => compare(a.day, b.day) || PART_ORDER[partOf(a)]! - PART_ORDER[partOf(b)]! || compare(a.id, b.id)
const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)

/** Whether a row is held as this person's own, or of whom they act for. */
const isOwn = ({ holders, me }: Held, collection: string, id: string): boolean => me !== '' && holders(collection, id).some((name) => name === `member/${me}` || name === `helped/${me}`)

export const isMine = (held: Held, ask: string): boolean => isOwn(held, 'asks', ask)

/** For whom of those that one acts for an ask is; '' for nobody of them. */
export function askedFor({ holders }: Held, ask: string, helped: readonly string[]): string {
  const names = holders('asks', ask)
  return helped.find((one) => names.includes(`helped/${one}`)) ?? ''
}

/** What this person said to somebody else's ask. */
export function myReply(held: Held, ask: string): Row | undefined {
  if (isMine(held, ask)) return undefined
  return [...held.rows('replies').values()].find((row) => row.ask === ask && isOwn(held, 'replies', row.id))
}

/** Who can, to whoever asked: whom they chose first, then of whom more is known. What is over isn't shown. */
export function repliesTo(rows: Rows, ask: string): Row[] {
  const rank = (row: Row) => (row.status === 'chosen' ? -1 : (SAFETY.indexOf(row.safety) + SAFETY.length + 1) % (SAFETY.length + 1))
  return [...rows('replies').values()]
    .filter((row) => row.ask === ask && row.status !== 'over')
    .sort((a, b) => rank(a) - rank(b) || String(a.firstName).localeCompare(String(b.firstName)) || compare(a.id, b.id))
}

export interface Board {
  mine: { ask: Row; replies: number; chosen: string }[]
  replied: { ask: Row; reply: Row }[]
  open: Row[]
}

/** The board on a day. What was asked for an earlier day is over, whatever stands in its row; whom one blocked by an ask asks nothing. */
export function boardOf(held: Held, today: string): Board {
  const board: Board = { mine: [], replied: [], open: [] }
  const blocked = new Set([...held.rows('blocks').values()].map((row) => row.about))
  for (const ask of [...held.rows('asks').values()].filter((row) => row.day >= today && row.status !== 'over').sort(soonest)) {
    if (isMine(held, ask.id)) {
      const replies = repliesTo(held.rows, ask.id)
      board.mine.push({ ask, replies: replies.length, chosen: String(replies.find((row) => row.status === 'chosen')?.firstName ?? '') })
      continue
    }
    const reply = myReply(held, ask.id)
    if (reply && reply.status !== 'over' && (ask.status === 'open' || reply.status === 'chosen')) board.replied.push({ ask, reply })
    else if (!reply && ask.status === 'open' && !blocked.has(ask.id)) board.open.push(ask)
  }
  return board
}

/** Whether words have what looks like a phone number: on a board that everybody reads it is better left out. */
export const looksLikeNumber = (words: string): boolean => words.split(/[^0-9 ()+-]+/).some((run) => run.replace(/[^0-9]/g, '').length >= 9)
