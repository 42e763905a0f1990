/**
 * When to ask again: full jitter after failures, and never before the time that the server named.
 */
import type { Env } from './env'

const FIRST_MS = 1_000
const LONGEST_MS = 5 * 60_000

export class Backoff {
  #failures = 0
  #ordered = 0
  #own = 0
  #forgiven = false

  constructor(private readonly env: Env) {}

  /** Milliseconds until the next attempt; 0: now. */
  get waitMs(): number {
    return Math.max(0, Math.max(this.#ordered, this.#own) - this.env.now())
  }

  /** An attempt begins. */
  begun(): void {
    this.#forgiven = false
  }

  /** It worked: the next attempt may come at once. */
  succeeded(): void {
    this.#failures = 0
    this.#own = 0
    this.#ordered = 0
  }

  /** It didn't. `orderedMs`: the least time that the server named, 0 when it named none. */
  failed(orderedMs = 0): void {
    this.#failures += 1
    const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(this.#failures, 20))
    // What has changed while the attempt was under way may not have been in time for it.
    this.#own = this.#forgiven ? 0 : this.env.now() + this.env.random() * longest
    if (orderedMs > 0) this.#ordered = this.env.now() + orderedMs
  }

  /** Something has changed (signal came back, the person asks): only what the server named still holds. */
  forgive(): void {
    this.#own = 0
    this.#forgiven = true
  }

  /** Waits at least so long, whatever happens. */
  hold(ms: number): void {
    this.#ordered = Math.max(this.#ordered, this.env.now() + ms)
  }
}
