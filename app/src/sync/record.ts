/**
 * The transactions of the replica: what a command, an answer, a frame and forgetting do to disk, and what a tab must
 * read to follow.
 */
import type { Ask } from './ask'
import { loadQueue, loadStream, saveQueue, takeJournal } from './disk'
import { newNonce } from './ids'
import { isMomentary } from './leases'
import { dropSegments, loadMeta, readSegments, stage, type Meta } from './meta'
import { hear, rebirth, settle, type Queue, type Saved, type Stream } from './queue'
import type { Txn } from './store'
import type { Answer, KeptLine } from './wire'

/** One step of the live connection. */
export interface Frame {
  epoch: string
  from: number
  to: number
  cursor: string
  kept: KeptLine[]
}

/** What a transaction left: the records as they are now. */
export interface Recorded {
  meta: Meta
  queue: Queue
}

/**
 * Records an answer. One that was asked for before the cursor moved says nothing about rows any more: of
 * that (`stale`) only the outcomes are taken, which hold whenever they were given.
 */
export async function recordAnswer(txn: Txn, ask: Ask, answer: Answer, now: number): Promise<Recorded & { reborn: boolean; stale: boolean }> {
  const before = await loadMeta(txn)
  const queue = await loadQueue(txn)
  queue.stream.told = Date.parse(answer.head.now) || now
  if (before.generation !== ask.generation) {
    if (ask.stream === queue.stream.id && answer.head.epoch === before.seen) hear(queue, answer.outcomes)
    if (answer.head.epoch === before.epoch) settle(queue, before.seq)
    await saveQueue(txn, queue)
    return { meta: before, queue, reborn: false, stale: true }
  }
  const reborn = await hearAnswer(txn, before, queue, ask, answer)
  queue.stream.offset = queue.stream.told - now
  const meta = await stage(txn, before, ask, answer, now)
  if (answer.end.done === true) settle(queue, meta.seq)
  await txn.put('meta', 'sync', meta)
  await saveQueue(txn, queue)
  return { meta, queue, reborn, stale: false }
}

/** What an answer says about the queue. True: the queue was reborn (protocol P5). */
async function hearAnswer(txn: Txn, meta: Meta, queue: Queue, ask: Ask, answer: Answer): Promise<boolean> {
  if (meta.seen !== '' && meta.seen !== answer.head.epoch) {
    rebirth(queue, newNonce(), await takeJournal(txn))
    return true
  }
  if (ask.stream !== queue.stream.id) return false
  const forked = hear(queue, answer.outcomes)
  if (!forked && answer.stop?.reason !== 'gap' && answer.stop?.reason !== 'fork') return false
  rebirth(queue, newNonce(), null)
  return true
}

/** Records a frame; `old` and `gap` wrote nothing. */
export async function recordFrame(txn: Txn, step: Frame, now: number): Promise<Recorded | 'old' | 'gap'> {
  const before = await loadMeta(txn)
  // A tab that has decided to start over (an empty cursor) must not be led on by a frame that was on its way.
  if (before.epoch !== step.epoch || before.cursor === '') return 'gap'
  if (step.to <= before.seq) return 'old'
  if (before.staged || step.from > before.seq || step.kept.some(tellsOfAnEnd)) return 'gap'
  const queue = await loadQueue(txn)
  const text = step.kept.map((line) => JSON.stringify(line)).join('\n')
  const segments = text === '' ? before.segments : [...before.segments, await txn.add('segments', { text })]
  const meta: Meta = { ...before, segments, seq: step.to, cursor: step.cursor, generation: before.generation + 1, lastSync: now }
  settle(queue, meta.seq)
  await txn.put('meta', 'sync', meta)
  await saveQueue(txn, queue)
  return { meta, queue }
}

/** True for a row that may be over sooner now: only an answer says how much of it is left (docs/protocol.md, W5). */
function tellsOfAnEnd({ row }: KeptLine): boolean {
  return row !== undefined && isMomentary(row[0])
}

/** How long the server asks for no commands. */
export function waitOf(answer: Answer): number {
  if (answer.stop?.reason !== 'retry') return 0
  return answer.stop.retryAfterMs || 1000
}

/** The texts that a tab which has read the segments `mine` still lacks. */
export async function missing(txn: Txn, mine: readonly number[]) {
  const meta = await loadMeta(txn)
  const whole = mine.some((key, i) => meta.segments[i] !== key)
  const texts = await readSegments(txn, whole ? meta.segments : meta.segments.slice(mine.length))
  return { meta, whole, texts, stagedTexts: await readSegments(txn, meta.staged?.segments) }
}

/** A command as it is given to the queue, which numbers it. */
export type NewCommand = Pick<Saved, 'nonce' | 'name' | 'args' | 'member' | 'for' | 'at' | 'seen'>

/** Puts a command under the next number, in the place of a settled one if asked. */
export async function recordCommand(txn: Txn, command: NewCommand, replaces?: string): Promise<{ entry: Saved; stream: Stream }> {
  const before = await loadStream(txn)
  const entry: Saved = { ...command, v: 1, number: before.next, offset: before.offset, sent: false, settled: false }
  if (replaces) await txn.delete('outbox', replaces)
  await txn.put('outbox', entry.nonce, entry)
  const stream = { ...before, next: before.next + 1 }
  await txn.put('meta', 'stream', stream)
  return { entry, stream }
}

/** From here on everything is asked for again; what is held stays until that is done. */
export async function recordStart(txn: Txn, repair: Meta['repair']): Promise<void> {
  const meta = await loadMeta(txn)
  await dropSegments(txn, meta.staged?.segments)
  await txn.put('meta', 'sync', { ...meta, staged: null, cursor: '', publicNext: '', repair, generation: meta.generation + 1 })
}

/** Drops audiences. The cursor claims them no more: the next request starts over (protocol W3). */
export async function recordDrops(txn: Txn, auds: readonly string[]): Promise<void> {
  const { repair } = await loadMeta(txn)
  await recordStart(txn, repair)
  if (auds.length === 0) return
  const meta = await loadMeta(txn)
  const text = auds.map((drop) => JSON.stringify({ drop })).join('\n')
  await txn.put('meta', 'sync', { ...meta, segments: [...meta.segments, await txn.add('segments', { text })] })
}

/** Forgets what waits and what was done; the queue begins anew under another name. */
export async function recordLeaving(txn: Txn): Promise<void> {
  const queue = await loadQueue(txn)
  for (const nonce of queue.entries.keys()) await txn.delete('outbox', nonce)
  await takeJournal(txn)
  await txn.put('meta', 'stream', { ...queue.stream, id: newNonce(), next: 1 })
}

/** Puts `texts` in the place of the live segments; null, and nothing written, if they aren't those of `generation` any more. */
export async function recordCompaction(txn: Txn, generation: number, texts: readonly string[]): Promise<Meta | null> {
  const before = await loadMeta(txn)
  if (before.generation !== generation) return null
  await dropSegments(txn, before.segments)
  const segments: number[] = []
  for (const text of texts) segments.push(await txn.add('segments', { text }))
  const meta = { ...before, segments }
  await txn.put('meta', 'sync', meta)
  return meta
}
