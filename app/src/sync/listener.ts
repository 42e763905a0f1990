/**
 * Holds the live connection, one at a time, and says when the next may begin.
 */
import type { Prover } from '../device/prover'
import { Backoff } from './backoff'
import type { Env } from './env'
import type { Replica } from './replica'
import { isFull } from './store'
import { live, LiveRefused, Offline } from './transport'

export interface ListenerOptions {
  env: Env
  replica: Replica
  token: () => string
  prover?: Prover
  /** A connection came to life, or could not be had for want of signal. */
  online: (online: boolean) => void
  /** The token is no good any more. */
  refused: () => Promise<void>
  /** The connection has ended. `pull`: there is something that it didn't bring; `afterMs`: ask then. */
  ended: (pull: boolean, afterMs: number) => void
}

export class Listener {
  readonly #backoff: Backoff
  #control: AbortController | null = null

  constructor(private readonly options: ListenerOptions) {
    this.#backoff = new Backoff(options.env)
  }

  get open(): boolean {
    return this.#control !== null
  }

  /** Milliseconds until a connection may be opened. */
  get waitMs(): number {
    return this.#backoff.waitMs
  }

  /** Something has changed: waiting is only for what the server named. */
  forgive(): void {
    this.#backoff.forgive()
  }

  /** Opens a connection unless there is one, or it is too early. */
  listen(): void {
    if (this.#control || this.#backoff.waitMs > 0) return
    this.#control = new AbortController()
    void this.#hold(this.#control)
  }

  hangUp(): void {
    this.#control?.abort()
    this.#control = null
  }

  async #hold(control: AbortController): Promise<void> {
    let lived = false
    let pull = false
    let afterMs = 0
    try {
      for await (const step of this.#steps(control)) {
        if (!lived) this.#backoff.succeeded()
        lived = true
        this.options.online(true)
        if (!step.close) continue
        pull = step.pull
        afterMs = step.afterMs
        this.#backoff.hold(afterMs)
        return
      }
      this.#backoff.failed()
    } catch (error) {
      // What found no room would come again with every connection: a pull waits for room, and says so.
      pull = isFull(error)
      if (!control.signal.aborted) await this.#failed(error)
    } finally {
      control.abort()
      if (this.#control === control) {
        this.#control = null
        // A connection that never came to life brings nothing: then pulling must do.
        this.options.ended(pull || !lived, afterMs)
      }
    }
  }

  /** What each line of a living connection asks for. */
  async *#steps(control: AbortController) {
    const { env, replica, token, prover } = this.options
    const body = await replica.askLive()
    if (!body) return
    const { LiveReader } = await import('./live') // only members listen
    const reader = new LiveReader(replica)
    for await (const line of live(env, body, token(), control.signal, prover)) {
      const step = await reader.line(line)
      if (reader.head || step.close) yield step
    }
  }

  async #failed(error: unknown): Promise<void> {
    const refusal = error instanceof LiveRefused ? error.refusal : null
    if (refusal?.code === 'token_missing') await this.options.refused().catch(() => undefined)
    // A proof was missing or of a wrong time: the next connection has a good one.
    if (refusal && this.options.prover?.heed(refusal)) return
    if (error instanceof Offline) this.options.online(false)
    this.#backoff.failed(refusal?.retryAfterMs ?? 0)
  }
}
