/**
 * The transactions of the replica: what an answer and a frame do to disk, and what a tab must read to follow.
 */
import type { Ask } from './ask'
import { loadQueue, saveQueue, takeJournal } from './disk'
import { newNonce } from './ids'
import { loadMeta, readSegments, stage, type Meta } from './meta'
import { hear, rebirth, settle, type Queue } from './queue'
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
  if (before.generation !== ask.generation) {
    if (ask.stream === queue.stream.id && answer.head.epoch === before.seen) hear(queue, answer.outcomes)
    if (answer.head.epoch === before.epoch) settle(queue, before.seq)
    await saveQueue(txn, queue, now)
    return { meta: before, queue, reborn: false, stale: true }
  }
  const reborn = await hearAnswer(txn, before, queue, ask, answer)
  queue.stream.offset = (Date.parse(answer.head.now) || now) - now
  const meta = await stage(txn, before, ask, answer, now)
  if (answer.end.done === true) settle(queue, meta.seq)
  await txn.put('meta', 'sync', meta)
  await saveQueue(txn, queue, now)
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
  if (before.staged || step.from > before.seq) return 'gap'
  const queue = await loadQueue(txn)
  const text = step.kept.map((line) => JSON.stringify(line)).join('\n')
  const segments = text === '' ? before.segments : [...before.segments, await txn.add('segments', { text })]
  const meta: Meta = { ...before, segments, seq: step.to, cursor: step.cursor, generation: before.generation + 1, lastSync: now }
  settle(queue, meta.seq)
  await txn.put('meta', 'sync', meta)
  await saveQueue(txn, queue, now)
  return { meta, queue }
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
