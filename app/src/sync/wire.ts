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

export type OutcomeStatus = 'ok' | 'merged' | 'rejected' | 'quarantined'

export interface Outcome {
  number: number
  nonce: string
  status: OutcomeStatus
  seq: number
  code?: string
  message?: string
  result?: any
}

export interface Stop {
  number: number
  reason: 'gap' | 'fork' | 'retry'
  last?: number
  retryAfterMs?: number
}

export interface End {
  cursor: string
  done?: boolean
  /** Per audience: number of live entries and Σ (seq³ mod 94906249). */
  sums?: Record<string, [number, number]>
  /** Per leased audience: for how many seconds it may be held from now on. */
  leases?: Record<string, number>
  /** Of a public chunk: the address of the next one. */
  next?: string
}

/** One whole answer. */
export interface Answer {
  head: Head
  outcomes: Outcome[]
  stop: Stop | null
  /** Everything of this person is to be forgotten. */
  wipe: boolean
  kept: KeptLine[]
  /** The kept lines as they came, joined by newlines. */
  text: string
  end: End
}

/** Reads stored kept lines, giving the page its turn in between. */
export async function parseKept(text: string): Promise<KeptLine[]> {
  return (await parseLines(text)).map(({ line }) => line)
}

export async function parseAll(texts: readonly string[]): Promise<KeptLine[]> {
  const lines: KeptLine[] = []
  for (const text of texts) for (const line of await parseKept(text)) lines.push(line)
  return lines
}

interface ParsedLine {
  line: any
  /** Where its text begins and ends. */
  from: number
  to: number
}

async function parseLines(text: string): Promise<ParsedLine[]> {
  const parsed: ParsedLine[] = []
  let until = performance.now() + SLICE_MS
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf('\n', from)
    const to = newline < 0 ? text.length : newline
    if (to > from) parsed.push({ line: JSON.parse(text.slice(from, to)), from, to })
    from = to + 1
    if ((parsed.length & 15) === 0 && performance.now() > until) {
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
  let parsed: ParsedLine[]
  try {
    parsed = await parseLines(text)
  } catch {
    return null
  }
  const head = parsed[0]?.line.head
  const end = parsed.at(-1)?.line.end
  if (!isHead(head) || typeof end?.cursor !== 'string') return null
  const kept = parsed.filter(({ line }) => isKept(line))
  return {
    head,
    end,
    outcomes: parsed.flatMap(({ line }) => (line.outcome ? [line.outcome] : [])),
    stop: parsed.find(({ line }) => line.stop)?.line.stop ?? null,
    wipe: parsed.some(({ line }) => line.wipe === true),
    kept: kept.map(({ line }) => line),
    text: textOf(text, kept),
  }
}

/** The text of the kept lines; in one piece where they stand together, as they nearly always do. */
function textOf(text: string, kept: readonly ParsedLine[]): string {
  const together = kept.every(({ from }, i) => i === 0 || from === kept[i - 1]!.to + 1)
  if (together) return kept.length === 0 ? '' : text.slice(kept[0]!.from, kept.at(-1)!.to)
  return kept.map(({ from, to }) => text.slice(from, to)).join('\n')
}

export function isHead(head: any): head is Head {
  return head?.protocol === 1 && typeof head.epoch === 'string' && Number.isSafeInteger(head.seq)
}

export function isKept(line: any): line is KeptLine {
  return Boolean(line.row || line.gone || line.reset || line.drop || line.void)
}
