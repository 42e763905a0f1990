/**
 * What this device asks the server for, and how much it sends along.
 */
import { loadMeta } from './meta'
import { ackOf, isPending, type Queue, type Saved } from './queue'
import type { Txn } from './store'
import { loadQueue } from './disk'

/** Commands in one request. */
export const PUSH_COMMANDS = 100
/** Bytes of all commands in one request, so that the body stays below the server's 1 MiB with room to spare. */
export const PUSH_BYTES = 256 * 1024
/** Bytes of one command's arguments; beyond it the server answers `too_large`. */
export const ARGS_BYTES = 64 * 1024
/** Bytes of rows in one answer, and the fewest to ask for where pages of that size don't get through. */
export const PAGE_BYTES = 1024 * 1024
export const SMALLEST_PAGE_BYTES = 16 * 1024

const PUBLIC_START = '/api/sync/public/-/0/0'

/** One request, with what its answer must be compared to. */
export interface Ask {
  kind: 'sync' | 'public'
  path: string
  /** Of a sync request: what is posted. */
  body: SyncBody | null
  generation: number
  stream: string
  cursor: string
  /** The trusted clock when it was asked: what is leased is leased from then on. */
  asked?: number
}

export interface SyncBody {
  protocol: 1
  schema: 1
  app: string
  stream: string
  ack: number
  pending: number
  commands: WireCommand[]
  cursor: string
  maxBytes: number
}

export interface WireCommand {
  number: number
  nonce: string
  name: string
  v: 1
  args: any
  at: string
  offset: number
  seen: number
  /** The member for whom it was done; absent: oneself. */
  for?: string
}

export interface AskOptions {
  /** At most so many commands: 0 while the server asked to be left alone with them. */
  commands: number
  maxBytes: number
  app: string
  /** Only what may have left already: so the rest can still be taken back. */
  keepBack?: boolean
}

/** Builds the next sync request and marks, in the same transaction, its commands as sent. */
export async function askSync(txn: Txn, options: AskOptions): Promise<Ask> {
  const meta = await loadMeta(txn)
  const queue = await loadQueue(txn)
  const commands = firstPending(queue, options.commands, options.keepBack ?? false)
  for (const entry of commands) {
    if (!entry.sent) await txn.put('outbox', entry.nonce, { ...entry, sent: true })
  }
  await txn.put('meta', 'stream', queue.stream)
  const cursor = meta.staged?.cursor ?? meta.cursor
  const body: SyncBody = {
    protocol: 1, schema: 1, app: options.app, stream: queue.stream.id, ack: ackOf(queue),
    pending: [...queue.entries.values()].filter(isPending).length,
    commands: commands.map(onWire), cursor, maxBytes: options.maxBytes,
  }
  return { kind: 'sync', path: '/api/sync', body, generation: meta.generation, stream: queue.stream.id, cursor }
}

/** Builds the next request of somebody without an account. */
export async function askPublic(txn: Txn): Promise<Ask> {
  const meta = await loadMeta(txn)
  const path = meta.staged?.publicNext || meta.publicNext || PUBLIC_START
  const cursor = path === PUBLIC_START ? '' : (meta.staged?.cursor ?? meta.cursor)
  return { kind: 'public', path, body: null, generation: meta.generation, stream: '', cursor }
}

/** The oldest pending commands that fit into one request; one always fits. With `keepBack` none that never left. */
function firstPending(queue: Queue, most: number, keepBack: boolean): Saved[] {
  const commands: Saved[] = []
  let bytes = 0
  for (const entry of queue.entries.values()) {
    if (!isPending(entry)) continue
    if (keepBack && !entry.sent) break
    bytes += byteLength(onWire(entry))
    if (commands.length >= most || (commands.length > 0 && bytes > PUSH_BYTES)) break
    commands.push(entry)
  }
  return commands
}

/** Bytes of a value as it travels. */
export function byteLength(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length
}

export function onWire({ number, nonce, name, v, args, at, offset, seen, for: whom }: Saved): WireCommand {
  return { number, nonce, name, v, args, at, offset, seen, ...(whom ? { for: whom } : {}) }
}
