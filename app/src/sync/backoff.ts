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

  constructor(private readonly env: Env) {}

  /** Milliseconds until the next attempt; 0: now. */
  get waitMs(): number {
    return Math.max(0, Math.max(this.#ordered, this.#own) - this.env.now())
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
    this.#own = this.env.now() + this.env.random() * longest
    if (orderedMs > 0) this.#ordered = this.env.now() + orderedMs
  }

  /**
   * Something has changed (signal came back, the person asks): only what the server named still holds. NB! Failures count
   * from here: signal that has just come back often fails once more, and one attempt may be failing just now.
   */
  forgive(): void {
    this.#own = 0
    this.#failures = 0
  }

  /** Waits so long, unless something changes. */
  rest(ms: number): void {
    this.#own = this.env.now() + ms
  }

  /** Waits at least so long, whatever happens. */
  hold(ms: number): void {
    this.#ordered = Math.max(this.#ordered, this.env.now() + ms)
  }
}
