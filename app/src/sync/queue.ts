/**
 * The rules of the outbox, over plain records: what an outcome does, when a command is settled, and rebirth.
 *
 * A command is *pending* until its outcome is known, *in force* (its effect is shown) until it is settled,
 * and *settled* when its outcome is known and the rows held have reached the outcome's seq.
 */
import type { Outcome } from './wire'

/** A command as it is kept on disk. */
export interface Saved {
  nonce: string
  /** Its place in the stream, from 1; 0: not in the stream any more. */
  number: number
  name: string
  v: 1
  args: any
  at: string
  offset: number
  seen: number
  /** Whose command it is; '' was written before anybody joined on this device. */
  member: string
  /** The member for whom it was done; absent: whose command it is. */
  for?: string
  /** It may have left this device. */
  sent: boolean
  outcome?: Outcome
  /** Not in force any more, and kept until the person has dismissed it. */
  settled: boolean
}

/** The name and the next number of this device's queue. */
export interface Stream {
  id: string
  next: number
  /** Milliseconds to add to this phone's clock, by the last answer. */
  offset: number
  /** The server's clock in the last answer, in milliseconds: the journal's, since a phone's can be set by weeks. */
  told: number
}

/** A command that the server has done, with the server's time of telling it. */
export interface Confirmed {
  command: Saved
  at: number
}

/** Working copy of the durable queue inside one transaction, and what it must write. */
export interface Queue {
  stream: Stream
  /** In order of number. */
  entries: Map<string, Saved>
  touched: Set<string>
  removed: Set<string>
  confirmed: Saved[]
}

export const JOURNAL_DAYS = 14
export const JOURNAL_COMMANDS = 500

const KNOWN = new Set(['ok', 'merged', 'rejected', 'quarantined'])

export function newQueue(stream: Stream, saved: Iterable<Saved>): Queue {
  const entries = new Map([...saved].sort(byNumber).map((entry) => [entry.nonce, entry]))
  return { stream: { ...stream }, entries, touched: new Set(), removed: new Set(), confirmed: [] }
}

/** What has left the stream (number 0) comes first: it is older than all that is in it. */
export function byNumber(a: Saved, b: Saved): number {
  return a.number - b.number || (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)
}

export function isPending(entry: Saved): boolean {
  return !entry.outcome && !entry.settled
}

/** The outcomes of all commands up to this number are on this device. */
export function ackOf(queue: Pick<Queue, 'stream' | 'entries'>): number {
  let ack = queue.stream.next - 1
  for (const entry of queue.entries.values()) {
    if (entry.number > 0 && isPending(entry)) ack = Math.min(ack, entry.number - 1)
  }
  return ack
}

/**
 * Stores outcomes beside their commands. Answers 'fork' when the server has another command under a number
 * that this device gave to one of its own: then this queue lives twice, on a cloned phone.
 */
export function hear(queue: Queue, outcomes: readonly Outcome[]): 'fork' | null {
  for (const outcome of outcomes) {
    const entry = queue.entries.get(outcome.nonce)
    if (entry) {
      if (isPending(entry) && KNOWN.has(outcome.status)) change(queue, { ...entry, outcome })
    } else if (holdsNumber(queue, outcome.number)) return 'fork'
  }
  return null
}

function holdsNumber(queue: Queue, number: number): boolean {
  for (const entry of queue.entries.values()) {
    if (entry.number === number && number > 0 && isPending(entry)) return true
  }
  return false
}

/** Takes out of force every command whose outcome lies within the rows held (protocol P6). */
export function settle(queue: Queue, seq: number): void {
  for (const entry of [...queue.entries.values()]) {
    const outcome = entry.outcome
    if (!outcome || entry.settled || outcome.seq > seq) continue
    if (outcome.status === 'ok' || outcome.status === 'merged') queue.confirmed.push(entry)
    if (outcome.status === 'ok') remove(queue, entry.nonce)
    else change(queue, { ...entry, settled: true })
  }
}

/**
 * The one way back to a sound queue (protocol P5): a new stream, and everything without an outcome numbered
 * again from 1 under its old nonce. With `journal` (a new epoch) the outcomes of the old epoch count for
 * nothing, and what it had confirmed goes in front.
 */
export function rebirth(queue: Queue, id: string, journal: readonly Saved[] | null): void {
  let entries = [...queue.entries.values()]
  if (journal) {
    entries = entries.map((entry) => (entry.settled ? entry : withoutOutcome(entry)))
    const pending = new Set(entries.filter(isPending).map((entry) => entry.nonce))
    const again = journal.filter((entry) => !pending.has(entry.nonce)).map(withoutOutcome)
    const nonces = new Set(again.map((entry) => entry.nonce))
    entries = [...again, ...entries.filter((entry) => !nonces.has(entry.nonce))]
  }
  let number = 0
  const renumbered = entries.map((entry) => ({ ...entry, number: isPending(entry) ? ++number : 0 }))
  queue.entries = new Map(renumbered.sort(byNumber).map((entry) => [entry.nonce, entry]))
  queue.touched = new Set(queue.entries.keys())
  queue.stream = { ...queue.stream, id, next: number + 1 }
}

function withoutOutcome(entry: Saved): Saved {
  const { outcome: _, ...rest } = entry
  return { ...rest, seen: 0, sent: true, settled: false } // what it saw was counted in another epoch
}

/** Ends a command on this device's own account and keeps it for the person to mend. */
export function setAside(queue: Queue, entry: Saved, code: string, message: string): void {
  const outcome = { number: entry.number, nonce: entry.nonce, status: 'rejected' as const, seq: 0, code, message }
  close(queue, entry.nonce, { ...entry, outcome, settled: true })
}

/**
 * Gives the queue to `member`: what somebody else wrote on this device is never sent in their name.
 */
export function adopt(queue: Queue, member: string, id: string): void {
  let foreign = false
  for (const { nonce } of [...queue.entries.values()]) {
    const entry = queue.entries.get(nonce)!
    if (!isPending(entry) || entry.member === member) continue
    if (entry.member === '') change(queue, { ...entry, member })
    else {
      foreign = true
      setAside(queue, entry, 'member_changed', 'This was written before you joined here again, or by somebody else on this phone. If it is yours, send it again. If not, throw it away.')
    }
  }
  if (foreign) rebirth(queue, id, null)
}

/** Takes a command out of the stream; the numbers after it move down, so that no gap is left. */
export function close(queue: Queue, nonce: string, keep: Saved | null): void {
  const number = queue.entries.get(nonce)?.number ?? 0
  if (keep) change(queue, { ...keep, number: 0 })
  else remove(queue, nonce)
  if (number === 0) return
  for (const entry of [...queue.entries.values()]) {
    if (entry.number > number) change(queue, { ...entry, number: entry.number - 1 })
  }
  queue.stream = { ...queue.stream, next: queue.stream.next - 1 }
}

export function change(queue: Queue, entry: Saved): void {
  queue.entries.set(entry.nonce, entry)
  queue.touched.add(entry.nonce)
}

export function remove(queue: Queue, nonce: string): void {
  queue.entries.delete(nonce)
  queue.removed.add(nonce)
}
