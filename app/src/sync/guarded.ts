/**
 * Stands before the sealed store (sealed.ts), which comes in a file of its own, as long as there is nothing to seal:
 * a visitor who only reads never fetches it. The first thing that is private brings it, and a disk that has a key,
 * or something that an older app left in the clear, brings it at the start.
 */
import type { SealedStore } from './sealed'
import type { Store, StoreName, Txn } from './store'

/** Rows that aren't public come only to a device with an account, and an account is private. */
const PRIVATE: readonly StoreName[] = ['device', 'outbox', 'journal', 'local']

/** There is something to seal, or to open. */
class NeedsSeal extends Error {}

export class GuardedStore implements Store {
  #sealed: SealedStore | null = null

  private constructor(private readonly disk: Store) {}

  /** `key`: of a shared device; else it lies beside the store. */
  static async open(disk: Store, key?: Uint8Array): Promise<Store> {
    const store = new GuardedStore(disk)
    const holds = async (txn: Txn) => (await Promise.all(PRIVATE.map((name) => txn.all(name)))).some((records) => records.length > 0)
    if (key || (await disk.read([...PRIVATE], holds))) await store.#seal(key)
    return store
  }

  get durable(): boolean {
    return this.disk.durable
  }

  get keepsKeys(): boolean {
    return this.#sealed?.keepsKeys ?? false
  }

  async read<T>(stores: StoreName[], fn: (txn: Txn) => Promise<T>): Promise<T> {
    return this.#guard(stores, () => this.disk.read(stores, (txn) => fn(guarded(txn))), (sealed) => sealed.read(stores, fn))
  }

  async write<T>(stores: StoreName[], fn: (txn: Txn) => Promise<T>, durability?: 'strict' | 'relaxed'): Promise<T> {
    return this.#guard(stores, () => this.disk.write(stores, (txn) => fn(guarded(txn)), durability), (sealed) => sealed.write(stores, fn, durability))
  }

  close(): void {
    this.disk.close()
  }

  async follow(): Promise<void> {
    await this.#sealed?.follow()
  }

  async destroy(): Promise<void> {
    await this.#sealed?.destroy()
  }

  async #guard<T>(stores: StoreName[], plain: () => Promise<T>, sealing: (sealed: SealedStore) => Promise<T>): Promise<T> {
    // A sealed fact can't be found under its own name: perhaps another tab has made the key.
    if (!this.#sealed && stores.includes('local')) {
      if (await this.disk.read(['device'], async (txn) => (await txn.all('device')).length > 0)) await this.#seal()
    }
    if (this.#sealed) return sealing(this.#sealed)
    try {
      return await plain()
    } catch (error) {
      if (!(error instanceof NeedsSeal)) throw error
      return sealing(await this.#seal())
    }
  }

  async #seal(key?: Uint8Array): Promise<SealedStore> {
    const { SealedStore } = await import('./sealed')
    return (this.#sealed ??= await SealedStore.open(this.disk, key ?? null))
  }
}

function guarded(txn: Txn): Txn {
  const clear = <T>(value: T): T => {
    if (ArrayBuffer.isView((value as any)?.box)) throw new NeedsSeal()
    return value
  }
  const allowed = (store: StoreName) => {
    if (PRIVATE.includes(store)) throw new NeedsSeal()
  }
  return {
    get: async (store, key) => clear(await txn.get(store, key)),
    async all(store) {
      const found = await txn.all(store)
      for (const [, value] of found) clear(value)
      return found
    },
    async put(store, key, value) {
      allowed(store)
      await txn.put(store, key, value)
    },
    async add(store, value) {
      allowed(store)
      return txn.add(store, value)
    },
    delete: (store, key) => txn.delete(store, key),
  }
}
