/**
 * Watches the time while the app is open: leases that end, and a device that waits to be let in.
 */
import type { Env } from './env'

/** How often the trusted clock is written down, so that little of it is lost when the app is closed: the nearer an end, the less. */
const MARK_MS = 60 * 60_000
const LEAST_MARK_MS = 60_000
const MARKS = 720
const ADMISSION_MS = 3_000

export interface Minded {
  /** Milliseconds until the next lease is over; null: there is none. */
  nextMs(): number | null
  /** Ends what is over, and writes the clock down. */
  endLeases(): Promise<void>
  /** True while the device waits to be let in. */
  waits(): boolean
  /** Asks whether it is let in by now. */
  ask(): Promise<void>
}

export class Minder {
  #timer = new AbortController()
  #waiting = false
  #closed = false

  constructor(
    private readonly env: Env,
    private readonly minded: Minded,
  ) {}

  /** Something has changed: the next moment may be another. */
  look(): void {
    this.#timer.abort()
    if (this.#closed) return
    const next = this.minded.nextMs()
    if (next !== null) void this.#sleep(Math.min(next + 1, Math.max(LEAST_MARK_MS, Math.min(MARK_MS, next / MARKS))), (this.#timer = new AbortController()))
    if (this.minded.waits() && !this.#waiting) void this.#await()
  }

  close(): void {
    this.#closed = true
    this.#timer.abort()
  }

  async #sleep(ms: number, timer: AbortController): Promise<void> {
    await this.env.sleep(ms, timer.signal)
    if (timer.signal.aborted) return
    await this.minded.endLeases().catch(() => undefined)
    this.look()
  }

  async #await(): Promise<void> {
    this.#waiting = true
    while (!this.#closed && this.minded.waits()) {
      await this.env.sleep(ADMISSION_MS, new AbortController().signal)
      if (!this.#closed && this.env.visible()) await this.minded.ask().catch(() => undefined)
    }
    this.#waiting = false
  }
}
