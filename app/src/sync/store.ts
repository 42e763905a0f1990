/**
 * The device's disk: a few record stores with transactions, on IndexedDB through idb, or in memory where the
 * browser gives no storage.
 *
 * | store    | key           | value |
 * |----------|---------------|-------|
 * | segments | rising number | `{text}`: kept lines of one page, frame or compaction |
 * | meta     | `sync`        | `Meta`: which segments are live, and where in the server's history they end |
 * | meta     | `stream`      | `Stream`: the name and the next number of this device's queue |
 * | outbox   | nonce         | `Saved` |
 * | journal  | rising number | `Confirmed`: what the server has done, to be told again after a restore |
 * | device   | `account`     | `Account` of app/src/device |
 * | local    | key           | device-only facts |
 */
import { openDB, type IDBPDatabase, type IDBPTransaction } from 'idb'

export type StoreName = 'segments' | 'meta' | 'outbox' | 'journal' | 'device' | 'local'

export const STORES: readonly StoreName[] = ['segments', 'meta', 'outbox', 'journal', 'device', 'local']

/** Stores whose keys the store makes, rising. */
const NUMBERED = new Set<StoreName>(['segments', 'journal'])

/** What one transaction may do. Nothing else may be awaited inside of it: IndexedDB would commit early. */
export interface Txn {
  get(store: StoreName, key: IDBValidKey): Promise<any>
  /** Everything in the store, in order of the keys. */
  all(store: StoreName): Promise<[key: any, value: any][]>
  put(store: StoreName, key: IDBValidKey, value: any): Promise<void>
  /** Puts under a new rising number and answers that. */
  add(store: StoreName, value: any): Promise<number>
  delete(store: StoreName, key: IDBValidKey): Promise<void>
}

export interface Store {
  /** False: this store ends with the page. */
  readonly durable: boolean
  /** True: a device key is kept as bytes, since they are sealed; else as the browser's own handle, which can't be. */
  readonly keepsKeys?: boolean
  /** Runs `fn` over one state of the named stores. */
  read<T>(stores: StoreName[], fn: (txn: Txn) => Promise<T>): Promise<T>
  /**
   * Runs `fn` as one transaction and resolves once it is committed; throws and leaves nothing when it
   * fails. `strict`: the bytes have left the browser for the disk.
   */
  write<T>(stores: StoreName[], fn: (txn: Txn) => Promise<T>, durability?: 'strict' | 'relaxed'): Promise<T>
  close(): void
  /** Another tab has changed whose store this is. Absent: there is nothing to follow. */
  follow?(): Promise<void>
  /** Takes everything that is private off the disk; what is public stays. Absent: nothing is kept. */
  destroy?(): Promise<void>
}

/**
 * The shape of what lies on disk: 1 had everything in the clear, 2 seals what is private (sealed.ts). A tab that runs
 * an app of the older shape lets go of its database, and can't open this one.
 */
const SHAPE = 2

/** Opens the database `name`, or throws where the browser gives no storage. */
export async function openStore(name: string): Promise<Store> {
  const store = new IdbStore(name)
  await store.read(['meta'], (txn) => txn.get('meta', 'sync'))
  return store
}

/** True of an error that says that the phone has no room. */
export function isFull(error: unknown): boolean {
  return (error as Error | undefined)?.name === 'QuotaExceededError'
}

type AnyTx = IDBPTransaction<unknown, StoreName[], IDBTransactionMode>

class IdbStore implements Store {
  readonly durable = true
  #open: Promise<IDBPDatabase> | null = null

  constructor(private readonly name: string) {}

  read<T>(stores: StoreName[], fn: (txn: Txn) => Promise<T>): Promise<T> {
    return this.#run(stores, 'readonly', 'relaxed', fn)
  }

  write<T>(stores: StoreName[], fn: (txn: Txn) => Promise<T>, durability: 'strict' | 'relaxed' = 'relaxed'): Promise<T> {
    return this.#run(stores, 'readwrite', durability, fn)
  }

  close(): void {
    void this.#open?.then((db) => db.close()).catch(() => undefined)
    this.#open = null
  }

  #db(): Promise<IDBPDatabase> {
    this.#open ??= openDB(this.name, SHAPE, {
      upgrade(db, before) {
        // What shape 1 had is sealed once the key is there: see SealedStore.open.
        if (before > 0) return
        for (const store of STORES) db.createObjectStore(store, NUMBERED.has(store) ? { autoIncrement: true } : {})
      },
      // Another tab runs a newer app and wants to change the stores: this one must let go.
      blocking: () => this.close(),
      terminated: () => this.close(),
    }).catch((error: unknown) => {
      this.#open = null
      throw error
    })
    return this.#open
  }

  /** A browser may close the connection under a page that slept: then, once, on a new one. */
  async #begin(stores: StoreName[], mode: IDBTransactionMode, durability: 'strict' | 'relaxed'): Promise<AnyTx> {
    const db = await this.#db()
    try {
      return db.transaction(stores, mode, { durability }) as AnyTx
    } catch (error) {
      if ((error as Error).name !== 'InvalidStateError') throw error
      this.close()
      return (await this.#db()).transaction(stores, mode, { durability }) as AnyTx
    }
  }

  async #run<T>(
    stores: StoreName[],
    mode: IDBTransactionMode,
    durability: 'strict' | 'relaxed',
    fn: (txn: Txn) => Promise<T>,
  ): Promise<T> {
    const tx = await this.#begin(stores, mode, durability)
    // Observed at once: the transaction may fail while a request of it is still being awaited.
    const done = tx.done.then(
      () => null,
      (error: unknown) => error ?? new Error('the transaction was aborted'),
    )
    try {
      const result = await fn(onIdb(tx))
      const failed = await done
      if (failed) throw failed
      return result
    } catch (error) {
      try {
        tx.abort()
      } catch {
        // It has ended already, and left nothing.
      }
      // A request that was torn down with its transaction only says so; the transaction knows why.
      const failed = await done
      throw (error as Error).name === 'AbortError' && failed ? failed : error
    }
  }
}

function onIdb(tx: AnyTx): Txn {
  return {
    get: (store, key) => tx.objectStore(store).get(key),
    async all(store) {
      const source = tx.objectStore(store)
      const [keys, values] = await Promise.all([source.getAllKeys(), source.getAll()])
      return keys.map((key, i) => [key, values[i]])
    },
    async put(store, key, value) {
      await tx.objectStore(store).put!(value, key)
    },
    async add(store, value) {
      return (await tx.objectStore(store).put!(value)) as number
    },
    async delete(store, key) {
      await tx.objectStore(store).delete!(key)
    },
  }
}

/** A store that lasts as long as the page: for browsers that give none. */
export class MemoryStore implements Store {
  readonly durable = false
  #stores = new Map<StoreName, Map<any, any>>(STORES.map((name) => [name, new Map()]))
  #last = 0
  #turn: Promise<unknown> = Promise.resolve()

  read<T>(_stores: StoreName[], fn: (txn: Txn) => Promise<T>): Promise<T> {
    return this.write(_stores, fn)
  }

  write<T>(_stores: StoreName[], fn: (txn: Txn) => Promise<T>): Promise<T> {
    const run = this.#turn.then(async () => {
      const copy = new Map([...this.#stores].map(([name, records]) => [name, new Map(records)]))
      const result = await fn(this.#on(copy))
      this.#stores = copy
      return result
    })
    this.#turn = run.catch(() => undefined)
    return run
  }

  close(): void {}

  #on(stores: Map<StoreName, Map<any, any>>): Txn {
    const records = (name: StoreName) => stores.get(name)!
    return {
      get: async (store, key) => records(store).get(key),
      all: async (store) => [...records(store)],
      put: async (store, key, value) => void records(store).set(key, value),
      add: async (store, value) => (records(store).set(++this.#last, value), this.#last),
      delete: async (store, key) => void records(store).delete(key),
    }
  }
}
