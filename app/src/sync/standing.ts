/**
 * How things stand on this device, as screens are told: one `Status`, put together from what the engine, its disk and
 * the leading tab say.
 */
import type { LoopState } from './loop'
import type { Store } from './store'
import type { Status } from './types'

export class Standing {
  status: Status
  #state: LoopState = { online: true, syncing: false, full: false, fault: null }
  /** What the person did last found no room; until something is written, or they come back to the app. */
  #full = false

  /** `told`: called after the status changed. */
  constructor(
    private readonly store: Store,
    private readonly told: () => void,
  ) {
    this.status = {
      phase: 'starting', online: globalThis.navigator?.onLine ?? true, syncing: false, lastSync: null, pending: 0, safe: false,
      storage: store.durable ? 'ok' : 'blocked', fault: null,
    }
  }

  /** Changes the status, and tells if something differs now. */
  set(change: Partial<Status>): void {
    if (this.merge(change)) this.told()
  }

  /** Changes the status and tells nobody. True when something differs now. */
  merge(change: Partial<Status>): boolean {
    const keys = Object.keys(change) as (keyof Status)[]
    if (keys.every((key) => this.status[key] === change[key])) return false
    this.status = { ...this.status, ...change }
    return true
  }

  /** The leading tab's state; `sums`: the server's sums were not this device's, twice. */
  hear(state: LoopState, sums: boolean): void {
    this.#state = state
    this.set({ online: state.online, syncing: state.syncing, fault: this.fault(sums), storage: this.#storage() })
  }

  /** The leading tab's state, with one thing changed. */
  but(change: Partial<LoopState>): LoopState {
    return { ...this.#state, ...change }
  }

  setFull(full: boolean): void {
    this.#full = full
    this.set({ storage: this.#storage() })
  }

  fault(sums: boolean): string | null {
    return this.#state.fault ?? (sums ? 'sums' : null)
  }

  #storage(): Status['storage'] {
    if (!this.store.durable) return 'blocked'
    return this.#full || this.#state.full ? 'full' : 'ok'
  }
}
