import type { Env } from './env'

/**
 * A bell for one waiter: ringing before the wait counts too, and ringing twice is ringing once.
 */
export class Bell {
  #rung = false
  #ring: (() => void) | null = null

  ring(): void {
    this.#rung = true
    this.#ring?.()
  }

  /** Resolves after `ms`, or as soon as the bell rings or if it has rung since the last wait. */
  async wait(env: Env, ms: number): Promise<void> {
    if (!this.#rung) {
      const rung = new AbortController()
      this.#ring = () => rung.abort()
      await env.sleep(ms, rung.signal)
      this.#ring = null
    }
    this.#rung = false
  }
}
