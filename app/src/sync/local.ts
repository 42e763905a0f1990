/**
 * Device-only facts: read into memory at start, written through, told to the other tabs.
 */
import type { Store } from './store'
import type { LocalFacts } from './types'

export class Local implements LocalFacts {
  readonly #facts = new Map<string, any>()
  readonly #subscribers = new Set<(key: string) => void>()

  constructor(
    private readonly store: Store,
    /** Called after a fact was written here. */
    private readonly written: (key: string) => void,
  ) {}

  /** Reads what is on disk; what memory has and the disk has not is forgotten. */
  async open(): Promise<void> {
    const before = [...this.#facts.keys()]
    this.#facts.clear()
    for (const [key, value] of await this.store.read(['local'], (txn) => txn.all('local'))) this.#facts.set(key, value)
    for (const key of before) if (!this.#facts.has(key)) this.#tell(key)
  }

  get(key: string): any {
    return this.#facts.get(key)
  }

  async set(key: string, value: any): Promise<void> {
    this.#facts.set(key, value)
    this.#tell(key)
    await this.store.write(['local'], (txn) => txn.put('local', key, value))
    this.written(key)
  }

  subscribe(fn: (key: string) => void): () => void {
    this.#subscribers.add(fn)
    return () => this.#subscribers.delete(fn)
  }

  /** Another tab has written this fact. */
  async reread(key: string): Promise<void> {
    this.#facts.set(key, await this.store.read(['local'], (txn) => txn.get('local', key)))
    this.#tell(key)
  }

  #tell(key: string): void {
    for (const fn of this.#subscribers) fn(key)
  }
}
