/**
 * Reading the live connection (docs/protocol.md section 6): lines gather to frames, and a frame is applied
 * when its `end` has come.
 */
import type { Frame } from './record'
import type { Replica } from './replica'
import { isHead, isKept, type Head } from './wire'

/** What to do after a line: read on, or close, and after `afterMs` milliseconds pull, or only open again. */
export type LiveStep = { close: false } | { close: true; afterMs: number; pull: boolean }

const ON: LiveStep = { close: false }
const PULL: LiveStep = { close: true, afterMs: 0, pull: true }

export class LiveReader {
  #head: Head | null = null
  #frame: Omit<Frame, 'cursor'> | null = null

  /** The trusted clock when the connection was asked for, until it has told its leases. */
  #asked: number | null

  constructor(private readonly replica: Replica) {
    this.#asked = replica.leases.now()
  }

  /** The server's head, once it has come. */
  get head(): Head | null {
    return this.#head
  }

  /** Takes one line as it came; an empty one is a sign of life. Anything that makes no sense closes. */
  async line(text: string): Promise<LiveStep> {
    if (text.trim() === '') return ON
    let line: any
    try {
      line = JSON.parse(text)
    } catch {
      return PULL
    }
    if (line.poke) return { close: true, afterMs: milliseconds(line.poke.afterMs), pull: true }
    if (line.bye) return { close: true, afterMs: milliseconds(line.bye.afterMs), pull: false }
    if (line.head) return this.#begin(line.head)
    if (line.frame) return this.#open(line.frame)
    if (line.end) return this.#close(line.end)
    // A connection lives for less than an hour, so what it says at its beginning is enough.
    if (line.leases && this.#asked !== null) this.replica.renewLeases(this.#asked, line.leases)
    if (line.leases) this.#asked = null
    return this.#add(line)
  }

  #begin(head: unknown): LiveStep {
    if (!isHead(head) || head.epoch !== this.replica.meta.epoch) return PULL
    this.#head = head
    return ON
  }

  #open(frame: { from: number; to: number }): LiveStep {
    if (!this.#head) return PULL
    this.#frame = { epoch: this.#head.epoch, from: frame.from, to: frame.to, kept: [] }
    return ON
  }

  #add(line: unknown): LiveStep {
    if (isKept(line)) this.#frame?.kept.push(line)
    return ON
  }

  async #close(end: { cursor: string }): Promise<LiveStep> {
    const frame = this.#frame
    this.#frame = null
    if (!frame) return PULL
    const result = await this.replica.frame({ ...frame, cursor: end.cursor })
    return result === 'gap' ? PULL : ON
  }
}

function milliseconds(said: unknown): number {
  return Math.max(0, Number(said) || 0)
}
