/**
 * The record that says which segments are live and where in the server's history they end, and what an
 * answer makes of it. A page is a segment or two; applying a whole answer only rewrites this record.
 */
import type { Ask } from './ask'
import { pause, SLICE_MS } from './pause'
import type { Txn } from './store'
import type { Answer, KeptLine } from './wire'

export interface Meta {
  /** The epoch of the rows held; '': none were ever held. */
  epoch: string
  /** The epoch last heard of. */
  seen: string
  /** '' asks for everything. */
  cursor: string
  seq: number
  /** Rises with every change of what this record says of rows and cursor. */
  generation: number
  /** Keys of the live segments, in the order in which their lines apply. */
  segments: number[]
  staged: Staged | null
  /** Where the next public chunk is; '': at the beginning. */
  publicNext: string
  /** 0: sums agreed. 1: they didn't, everything is asked for again. 2: they still didn't. */
  repair: 0 | 1 | 2
  /** This phone's clock when it last had everything, in milliseconds. */
  lastSync: number | null
}

/** Pages of an answer that isn't done yet: on disk, and not shown. */
export interface Staged {
  segments: number[]
  cursor: string
  epoch: string
  publicNext: string
  /** The pages replace everything held. */
  fresh: boolean
}

export const NO_META: Meta = {
  epoch: '', seen: '', cursor: '', seq: 0, generation: 0, segments: [], staged: null, publicNext: '', repair: 0, lastSync: null,
}

export const VOID: KeptLine = { void: true }
const VOID_TEXT = JSON.stringify(VOID)

export async function loadMeta(txn: Txn): Promise<Meta> {
  return (await txn.get('meta', 'sync')) ?? NO_META
}

/**
 * True when an answer replaces everything held: it began from nothing, or it is of another epoch than what
 * it would be added to.
 */
export function startsFresh(meta: Meta, ask: Ask, answer: Answer): boolean {
  return ask.cursor === '' || answer.head.epoch !== (meta.staged?.epoch ?? meta.epoch)
}

/** Puts an answer's lines on disk and answers what the record becomes; `now` in milliseconds. */
export async function stage(txn: Txn, meta: Meta, ask: Ask, answer: Answer, now: number): Promise<Meta> {
  const fresh = startsFresh(meta, ask, answer)
  if (fresh) await dropSegments(txn, meta.staged?.segments)
  const segments = fresh ? [] : [...(meta.staged?.segments ?? [])]
  const text = fresh ? `${VOID_TEXT}\n${answer.text}`.trimEnd() : answer.text
  for (const part of inParts(text)) segments.push(await txn.add('segments', { text: part }))
  const replaces = fresh || (meta.staged?.fresh ?? false)
  const publicNext = ask.kind === 'public' ? (answer.end.next ?? '') : ''
  const next: Meta = { ...meta, seen: answer.head.epoch, generation: meta.generation + 1 }
  if (answer.end.done !== true) {
    return { ...next, staged: { segments, cursor: answer.end.cursor, epoch: answer.head.epoch, publicNext, fresh: replaces } }
  }
  if (replaces) await dropSegments(txn, meta.segments)
  return {
    ...next,
    staged: null,
    segments: replaces ? segments : [...meta.segments, ...segments],
    epoch: answer.head.epoch,
    seq: answer.head.seq,
    cursor: answer.end.cursor,
    publicNext,
    lastSync: now,
  }
}

/** Characters of one segment: one of a megabyte costs a browser three times what two of half of it do. */
const SEGMENT_CHARS = 500_000

/** Cuts lines into texts of about that length, between lines. */
function inParts(text: string): string[] {
  const parts: string[] = []
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf('\n', from + SEGMENT_CHARS)
    const to = newline < 0 ? text.length : newline
    parts.push(text.slice(from, to))
    from = to + 1
  }
  return parts
}

export async function dropSegments(txn: Txn, keys: readonly number[] = []): Promise<void> {
  for (const key of keys) await txn.delete('segments', key)
}

/** Gives up every row on disk; the next pull brings them again. */
export async function forgetRows(txn: Txn): Promise<void> {
  const { seen, generation } = await loadMeta(txn)
  for (const [key] of await txn.all('segments')) await txn.delete('segments', key)
  await txn.put('meta', 'sync', { ...NO_META, seen, generation: generation + 1 })
}

export async function readSegments(txn: Txn, keys: readonly number[] = []): Promise<string[]> {
  const texts: string[] = []
  for (const key of keys) texts.push((await txn.get('segments', key)).text)
  return texts
}

/** Writes lines as few texts, giving the page its turn in between. */
export async function writeSegments(lines: Iterable<KeptLine>): Promise<string[]> {
  const texts: string[] = []
  let part: string[] = []
  let chars = 0
  let until = performance.now() + SLICE_MS
  for (const line of lines) {
    const text = JSON.stringify(line)
    part.push(text)
    chars += text.length
    if (chars > SEGMENT_CHARS) {
      texts.push(part.join('\n'))
      part = []
      chars = 0
    }
    if (performance.now() > until) {
      await pause()
      until = performance.now() + SLICE_MS
    }
  }
  if (part.length > 0) texts.push(part.join('\n'))
  return texts
}
