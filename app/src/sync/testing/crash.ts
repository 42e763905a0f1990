/**
 * A phone's process and its end, as far as the disk can tell: at the n-th step that IndexedDB takes for it. Steps are
 * a transaction that begins, each request, and a write that is committed.
 */
import { IDBDatabase, IDBObjectStore, IDBTransaction } from 'fake-indexeddb'

// Reading a whole store is two requests at once (keys and values), and one step.
const REQUESTS = ['get', 'getAll', 'put', 'delete'] as const

/** Whose each connection is: of the process that was running when it was first used. */
const owners = new WeakMap<object, Life>()

export class Life {
  static #current: Life | null = null
  steps = 0
  over = false

  /** A process that ends at step `most`, counted from 0; without it, it only counts. Connections opened from now on are its. */
  constructor(private most = Infinity) {
    Life.#current = this
  }

  /** Ends after so many steps more. */
  endAfter(steps: number): void {
    this.most = this.steps + steps
  }

  /** Waits for `work`, or for the end: what `work` throws then is nobody's. */
  async until(work: Promise<unknown>): Promise<void> {
    await work.catch((error: unknown) => {
      if (!this.over) throw error
    })
  }

  /** Stands where a process does something that is not of its disk: one that has ended does nothing more. */
  static breathe(): void {
    if (Life.#current?.over) throw new Error('this process has ended')
  }

  static of(connection: object): Life | null {
    const life = owners.get(connection) ?? Life.#current
    if (life) owners.set(connection, life)
    return life
  }

  /** Counts a step. True: the process ends with it, or has ended. */
  ends(): boolean {
    if (!this.over && this.steps++ >= this.most) this.over = true
    return this.over
  }
}

const database = IDBDatabase.prototype as any
const begin = database.transaction
database.transaction = function (this: object, ...args: unknown[]) {
  // Making the stores is the browser's own, and whole or not at all.
  if (args[1] !== 'versionchange' && Life.of(this)?.ends()) throw new Error('this process has ended')
  return begin.apply(this, args)
}

const store = IDBObjectStore.prototype as any
for (const name of REQUESTS) {
  const original = store[name]
  store[name] = function (this: { transaction: { abort(): void; db: object } }, ...args: unknown[]) {
    const request = original.apply(this, args)
    if (Life.of(this.transaction.db)?.ends()) this.transaction.abort()
    return request
  }
}

const transaction = IDBTransaction.prototype as any
const dispatch = transaction.dispatchEvent
transaction.dispatchEvent = function (this: { mode: string; db: object }, event: { type: string }) {
  if (event.type === 'complete' && this.mode === 'readwrite') Life.of(this.db)?.ends()
  return dispatch.call(this, event)
}
