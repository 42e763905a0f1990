/**
 * What became of somebody's plans while they were away, each told once: what came back of their own commands, and what
 * they were told about this circle's turns.
 */
import type { Entry, Row } from '../sync'
import { keyOf, type Held } from './rota'

export type What = 'notYours' | 'yours' | 'off' | 'moved' | 'swapNo' | 'refused'

export interface Changed {
  /** Of a turn; empty for what is about none. */
  slot: string
  occurrence: string
  what: What
  /** What the server answered, of what was refused. */
  text: string
  /** Commands and notices that are settled with it. */
  nonces: string[]
  notices: string[]
}

const TOLD: Record<string, What> = { 'turn.notYours': 'notYours', 'turn.yours': 'yours', 'turn.off': 'off', 'turn.moved': 'moved', 'swap.no': 'swapNo' }

/** Commands that are answered by what became of one turn. */
const OF_TURN = /^(turns|swaps)\./

const isOf = (rows: Held['rows'], circle: string, slot: string): boolean => rows('slots').get(slot)?.circle === circle

/** Which turn a command is about. */
function turnOf({ rows }: Held, { args, result }: Entry): { slot: string; occurrence: string } {
  const swap = rows('swaps').get(String(args.id ?? ''))
  // What was at half past when it was said may be at eleven by now: the answer names it as it is.
  return { slot: String(args.slot ?? swap?.slot ?? ''), occurrence: String(result?.occurrence ?? args.occurrence ?? swap?.occurrence ?? '') }
}

function ofEntry(held: Held, entry: Entry): Changed | null | '' {
  if (!OF_TURN.test(entry.name)) return null
  const what: What | '' = entry.state === 'rejected' ? 'refused' : entry.state !== 'merged' ? '' : entry.result?.taken ? 'notYours' : entry.result?.yours ? 'yours' : ''
  return what && { ...turnOf(held, entry), what, text: what === 'refused' ? (entry.message ?? '') : '', nonces: [entry.nonce], notices: [] }
}

/** What a notice says of a turn: by the turn itself, or by the swap of it. */
function ofNotice({ rows }: Held, row: Row): Changed | null {
  const what = TOLD[String(row.template)]
  if (!what || row.read === true) return null
  const about = rows('turns').get(String(row.ref)) ?? rows('swaps').get(String(row.ref))
  return about ? { slot: about.slot, occurrence: about.occurrence, what, text: '', nonces: [], notices: [row.id] } : null
}

/** Of one circle. Of one turn the latest word stands, and all that was said of it is settled together. */
export function changesOf(held: Held, outbox: readonly Entry[], circle: string): Changed[] {
  const told = [...held.rows('notices').values()].sort((a, b) => (a.at < b.at ? -1 : 1))
  const all = [...outbox.map((entry) => ofEntry(held, entry)), ...told.map((row) => ofNotice(held, row))]
  const found = new Map<string, Changed>()
  for (const one of all) {
    if (!one || !isOf(held.rows, circle, one.slot)) continue
    const key = keyOf(one)
    const before = found.get(key)
    found.set(key, { ...one, text: one.text || before?.text || '', nonces: [...(before?.nonces ?? []), ...one.nonces], notices: [...(before?.notices ?? []), ...one.notices] })
  }
  return [...found.values()].sort((a, b) => (a.occurrence < b.occurrence ? -1 : 1))
}
