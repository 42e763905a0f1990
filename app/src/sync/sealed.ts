/**
 * One person's store: what is theirs is sealed before it touches the disk, and what everybody may read lies in the
 * clear. The engine above doesn't know.
 *
 * | store                  | on disk |
 * |------------------------|---------|
 * | segments               | `{text, box?}`: public lines as they came, all other lines sealed |
 * | outbox, journal, local | `{box}`; the key of a local fact is a keyed hash of it |
 * | device                 | `{box, keys?}`: beside it the browser's own handle of the device key, which can't be sealed |
 * | meta                   | `{box}`; in the clear until there is a key, when it only tells of public rows |
 *
 * The key is given (a shared device: it comes out of the person's PIN), or lies beside as `device/box` (a personal
 * phone). There it is made with the first thing that is private: a visitor who keeps nothing never needs it.
 */
import { Box, newKey } from './box'
import { parted } from './public'
import { STORES, type Store, type StoreName, type Txn } from './store'

const KEY = 'box'

/** The transaction needs a key that isn't in memory: it is run again once it is. */
class NeedsKey extends Error {}

export class SealedStore implements Store {
  #box: Box | null = null
  /** The key that the box was made of, to notice that the disk has another. */
  #key: Uint8Array | null = null
  readonly #given: boolean

  /** `key`: of a shared device; null: it lies beside. */
  private constructor(
    private readonly under: Store,
    key: Uint8Array | null,
  ) {
    this.#given = key !== null
  }

  /** Opens what lies in `under`. What an older version of the app left in the clear is sealed. */
  static async open(under: Store, key: Uint8Array | null = null): Promise<SealedStore> {
    const store = new SealedStore(under, key)
    if (key) store.#use(key)
    else await store.#begin()
    return store
  }

  get durable(): boolean {
    return this.under.durable
  }

  get keepsKeys(): boolean {
    return this.#given
  }

  async read<T>(stores: StoreName[], fn: (txn: Txn) => Promise<T>): Promise<T> {
    return this.#again(stores, (wrap) => this.under.read(stores, (txn) => fn(wrap(txn))), false)
  }

  async write<T>(stores: StoreName[], fn: (txn: Txn) => Promise<T>, durability?: 'strict' | 'relaxed'): Promise<T> {
    return this.#again(stores, (wrap) => this.under.write(stores, (txn) => fn(wrap(txn)), durability), true)
  }

  close(): void {
    this.under.close()
  }

  /** Another tab has changed whose store this is: the key that counts is the one on disk. */
  async follow(): Promise<void> {
    if (!this.#given && !(await this.#lies())) this.#box = this.#key = null
    else if (!this.#given) await this.#lookForKey()
  }

  /**
   * Takes everything that is private off the disk, and the key first of all: without it nothing that a browser
   * still has somewhere can be read. What is public stays.
   */
  async destroy(): Promise<void> {
    const meta = await this.read(['meta'], (txn) => txn.get('meta', 'sync'))
    await this.under.write([...STORES], async (txn) => {
      for (const store of ['device', 'outbox', 'journal', 'local', 'meta'] as const) {
        for (const [key] of await txn.all(store)) await txn.delete(store, key)
      }
      for (const [key, value] of await txn.all('segments')) if (isSealed(value)) await txn.put('segments', key, { text: value.text })
      if (meta) await txn.put('meta', 'sync', meta)
    }, 'strict')
    if (!this.#given) this.#box = this.#key = null
  }

  /** Runs `work`; where it turns out to need the key, or another key, gets that and runs it again. */
  async #again<T>(stores: StoreName[], work: (wrap: (txn: Txn) => Txn) => Promise<T>, writes: boolean): Promise<T> {
    // Without a key a fact can't be found under its hashed name: perhaps another tab has made one.
    if (!this.#box && stores.includes('local')) await this.#lookForKey()
    for (let tries = 0; ; tries++) {
      try {
        return await work((txn) => wrapped(txn, this.#box, tries > 1))
      } catch (error) {
        if (!(error instanceof NeedsKey) || tries > 2) throw error
        if (!this.#given && !(await this.#lookForKey()) && writes) await this.#make()
      }
    }
  }

  /** True when the disk has a key that isn't in memory; then it is now. */
  async #lookForKey(): Promise<boolean> {
    const lies = await this.#lies()
    if (!lies || same(lies.key, this.#key)) return false
    this.#use(lies.key)
    return true
  }

  #lies(): Promise<{ key: Uint8Array } | undefined> {
    return this.under.read(['device'], (txn) => txn.get('device', KEY))
  }

  async #begin(): Promise<void> {
    if (await this.#lookForKey()) return
    const older = await this.under.read([...STORES], holdsPrivate)
    // Without room for it things stay as they are, and readable; the next start tries again.
    if (older) await this.#make().catch(() => undefined)
  }

  /** Makes the key, and seals in the same transaction what was there before it. */
  async #make(): Promise<void> {
    const made = newKey()
    const key = await this.under.write([...STORES], async (txn) => {
      const lies = await txn.get('device', KEY)
      if (lies) return lies.key as Uint8Array
      await sealAll(txn, wrapped(txn, new Box(made), false))
      await txn.put('device', KEY, { key: made })
      return made
    }, 'strict')
    this.#use(key)
  }

  #use(key: Uint8Array): void {
    this.#key = new Uint8Array(key)
    this.#box = new Box(this.#key)
  }
}

function same(one: Uint8Array, other: Uint8Array | null): boolean {
  return other !== null && one.length === other.length && one.every((byte, i) => byte === other[i])
}

/** True when an older version of the app, which sealed nothing, has left something here. */
async function holdsPrivate(txn: Txn): Promise<boolean> {
  for (const store of ['device', 'outbox', 'journal', 'local'] as const) if ((await txn.all(store)).length > 0) return true
  return false
}

/** Seals what lies in the clear. Only a device with an account can hold rows that aren't public. */
async function sealAll(txn: Txn, sealing: Txn): Promise<void> {
  const hasAccount = (await txn.all('device')).length > 0
  for (const store of ['device', 'outbox', 'journal', 'local', 'meta'] as const) {
    for (const [key, value] of await txn.all(store)) {
      if (store === 'local') await txn.delete(store, key)
      await sealing.put(store, key, value)
    }
  }
  if (!hasAccount) return
  for (const [key, value] of await txn.all('segments')) await sealing.put('segments', key, value)
}

/** `lenient`: what no key opens any more counts as not there. */
function wrapped(txn: Txn, box: Box | null, lenient: boolean): Txn {
  const from = (store: StoreName, key: IDBValidKey, value: any) => opened(box, lenient, store, key, value)
  const nameOf = (store: StoreName, key: IDBValidKey) => (store === 'local' && box ? box.name(String(key)) : key)
  return {
    async get(store, key) {
      const value = await txn.get(store, nameOf(store, key))
      const open = from(store, key, value)
      return store === 'local' && isSealed(value) ? open?.value : open
    },
    async all(store) {
      const found: [any, any][] = []
      for (const [key, value] of await txn.all(store)) {
        if (store === 'device' && key === KEY) continue
        const open = from(store, key, value)
        if (open === undefined) continue
        found.push(store === 'local' && isSealed(value) ? [open.key, open.value] : [key, open])
      }
      return found
    },
    put: (store, key, value) => txn.put(store, nameOf(store, key), closed(box, store, value, key)),
    add: (store, value) => txn.add(store, closed(box, store, value)),
    delete: (store, key) => txn.delete(store, nameOf(store, key)),
  }
}

/** A value as it lies on disk. */
function closed(box: Box | null, store: StoreName, value: any, key: IDBValidKey = ''): any {
  if (store === 'segments') {
    const { open, closed: secret } = parted(value.text)
    return secret === '' ? value : { text: open, box: needed(box).seal(store, secret) }
  }
  if (store === 'meta' && !box) return value
  const place = placeOf(store, key)
  if (store === 'local') return { box: needed(box).seal(place, { key, value }) }
  if (store !== 'device') return { box: needed(box).seal(place, value) }
  const { keys, rest } = withoutHandles(value)
  return { box: needed(box).seal(place, rest), ...(keys ? { keys } : {}) }
}

/** A value as the engine knows it. One of an older version of the app lies in the clear, and is as it was. */
function opened(box: Box | null, lenient: boolean, store: StoreName, key: IDBValidKey, value: any): any {
  if (!isSealed(value)) return value
  try {
    const open = needed(box).open(placeOf(store, key), value.box)
    if (store === 'segments') return { text: value.text === '' ? open : `${value.text}\n${open}` }
    return store === 'device' && value.keys ? withHandles(open, value.keys) : open
  } catch {
    if (!lenient) throw new NeedsKey('what lies here is sealed')
    // The public half of a segment can still be deleted by its key; a row that is missing is noticed by the sums.
    return store === 'segments' ? { text: value.text } : undefined
  }
}

function isSealed(value: any): value is { box: Uint8Array; text: string; keys?: CryptoKeyPair } {
  return ArrayBuffer.isView(value?.box)
}

function needed(box: Box | null): Box {
  if (!box) throw new NeedsKey('there is no key yet')
  return box
}

/** What a sealed value is bound to. Numbers are given by the disk, after sealing. */
function placeOf(store: StoreName, key: IDBValidKey): string {
  return store === 'outbox' || store === 'meta' || store === 'device' ? `${store}/${String(key)}` : store
}

/** A record of the store `device`, parted into the browser's handles and the rest. */
function withoutHandles(value: any): { keys: CryptoKeyPair | null; rest: any } {
  if (isHandle(value)) return { keys: value, rest: null }
  if (isHandle(value?.keys)) return { keys: value.keys, rest: { ...value, keys: null } }
  return { keys: null, rest: value }
}

function withHandles(rest: any, keys: CryptoKeyPair): any {
  return rest === null ? keys : { ...rest, keys }
}

function isHandle(value: any): value is CryptoKeyPair {
  return typeof value?.privateKey?.algorithm === 'object' && value.privateKey.type === 'private'
}
