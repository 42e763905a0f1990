/**
 * The lines of docs/protocol.md section 4 as this device reads them.
 *
 * A *kept* line is one that changes what the device holds: row, gone, reset, drop. Kept lines are stored as
 * they came, so that applying an answer writes no row one by one, and reading the store again is replaying
 * the same lines.
 */
import { pause, SLICE_MS } from './pause'

/** A line that changes what the device holds. Exactly one key is present. */
export interface KeptLine {
  /** audience, collection, id, seq, columns */
  row?: [string, string, string, number, Record<string, any>]
  /** audience, collection, id, seq */
  gone?: [string, string, string, number]
  /** Forget this audience: what follows replaces it. */
  reset?: string
  /** Forget this audience. */
  drop?: string
  /** Never on the wire: forget everything, written by this device where it starts again from nothing. */
  void?: true
}

export interface Head {
  protocol: number
  epoch: string
  seq: number
  now: string
  schema: [number, number]
}

export type OutcomeStatus = 'ok' | 'merged' | 'rejected' | 'quarantined' | 'retry'

export interface Outcome {
  number: number
  nonce: string
  status: OutcomeStatus
  seq: number
  code?: string
  message?: string
  result?: any
  retryAfterMs?: number
}

export interface Stop {
  number: number
  reason: 'gap' | 'fork' | 'retry'
  last?: number
}

export interface End {
  cursor: string
  done?: boolean
  /** Per audience: number of live entries and Σ (seq³ mod 94906249). */
  sums?: Record<string, [number, number]>
  /** Of a public chunk: the address of the next one. */
  next?: string
}

/** One whole answer. */
export interface Answer {
  head: Head
  outcomes: Outcome[]
  stop: Stop | null
  kept: KeptLine[]
  /** The kept lines as they came, joined by newlines. */
  text: string
  end: End
}

/** Told by its first bytes, so that a line that isn't kept needn't be held twice. */
const KEPT = /^\{"(?:row|gone|reset|drop|void)"/

/** Reads stored or received kept lines, giving the page its turn in between. */
export async function parseKept(text: string): Promise<KeptLine[]> {
  return parseSlices(text === '' ? [] : text.split('\n'))
}

async function parseSlices(lines: string[]): Promise<any[]> {
  const parsed = new Array(lines.length)
  let until = performance.now() + SLICE_MS
  for (let i = 0; i < lines.length; i++) {
    parsed[i] = JSON.parse(lines[i]!)
    if ((i & 31) === 31 && performance.now() > until) {
      await pause()
      until = performance.now() + SLICE_MS
    }
  }
  return parsed
}

/**
 * Reads one answer. Null: it was cut, or isn't an answer of this protocol, and must be thrown away whole.
 */
export async function parseAnswer(text: string): Promise<Answer | null> {
  const lines = text.split('\n').filter((line) => line !== '')
  let parsed: any[]
  try {
    parsed = await parseSlices(lines)
  } catch {
    return null
  }
  const head = parsed[0]?.head
  const end = parsed.at(-1)?.end
  if (!isHead(head) || typeof end?.cursor !== 'string') return null
  return {
    head,
    end,
    outcomes: parsed.flatMap((line) => (line.outcome ? [line.outcome] : [])),
    stop: parsed.find((line) => line.stop)?.stop ?? null,
    kept: parsed.filter(isKept),
    text: lines.filter((line, i) => KEPT.test(line) || isKept(parsed[i])).join('\n'),
  }
}

export function isHead(head: any): head is Head {
  return head?.protocol === 1 && typeof head.epoch === 'string' && Number.isSafeInteger(head.seq)
}

export function isKept(line: any): line is KeptLine {
  return Boolean(line.row || line.gone || line.reset || line.drop || line.void)
}
