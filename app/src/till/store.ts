/**
 * What a till keeps, in a database of its own: the till is the shop's, so whoever takes a turn at the tablet finds the
 * same one. Nothing of a person is in it but the numbers of cards, until what was taken is answered.
 *
 * | store   | key       | value |
 * |---------|-----------|-------|
 * | tills   | its id    | `Till`: the key that can't be read out, the token, and the head of the chain |
 * | records | its id    | `Kept`: one entry of the chain, and how far it has come |
 * | choices | `choices` | `Choices`: camera, sound and vibration, of this device |
 *
 * One transaction puts a record and moves the head: a page that is killed leaves both or neither.
 */
import { openDB, type IDBPDatabase } from 'idb'

export const DATABASE = 'kith till'
/** Where the other tabs of this device hear that something has changed. */
const CHANNEL = 'kith till'

/** A till that this device is, or has been. */
export interface Till {
  id: string
  shop: string
  name: string
  keys: CryptoKeyPair
  /** What the server signed about it; '' while it is being opened. */
  token: string
  /** The number of the last record, and its id. */
  seq: number
  head: string
  /** When it was opened here, by this device's clock. */
  opened: number
  /** Known to be over; its records still go to the server. */
  ended: boolean
}

export type Act = 'stamp' | 'redeem' | 'undo'

/** One entry of the chain, as this device keeps it. */
export interface Kept {
  /** Of its signing input: never of the signature, which could be another one. */
  id: string
  till: string
  shop: string
  seq: number
  /** Milliseconds of the server's clock, as far as this device knew it. */
  at: number
  act: Act
  /** The JWS as it was signed. */
  raw: string
  kind: 'phone' | 'printed' | 'typed'
  /** What the caps count by: the number of the card, or the typed code. */
  card: string
  /** The id of the proof, so that the same one isn't taken again. */
  proof?: string
  /** Of a redemption: the voucher's own number, and the reward in words. */
  voucher?: string
  reward?: string
  /** Of an undo: which record it takes back. */
  of?: string
  /** The command that carries it; absent: it was not handed over yet. */
  nonce?: string
  /** When that was. */
  handed?: number
  /** Whose command was refused as a whole: they don't try again. */
  refused?: string[]
  /** `ok`, `duplicate`, `held:…`, `rejected:…`, once the server has said so. */
  verdict?: string
}

export interface Choices {
  facing: 'environment' | 'user'
  sound: boolean
  vibration: boolean
}

const FIRST: Choices = { facing: 'environment', sound: true, vibration: true }

/** The chain has moved since: what was signed is for nothing, and was seen by nobody. */
export class Moved extends Error {
  override name = 'Moved'
}

export class TillStore {
  readonly #heard = new Set<() => void>()
  readonly #channel: BroadcastChannel | null

  private constructor(
    private readonly db: IDBPDatabase,
    name: string,
  ) {
    this.#channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel(name) : null
    this.#channel?.addEventListener('message', () => this.#tell())
  }

  static async open(name = DATABASE): Promise<TillStore> {
    const db = await openDB(name, 1, {
      upgrade(made) {
        made.createObjectStore('tills', { keyPath: 'id' })
        made.createObjectStore('records', { keyPath: 'id' })
        made.createObjectStore('choices')
      },
      // Whoever this phone belongs to leaves: nothing of the till stays (sync/forget.ts).
      blocking: (_, __, event) => (event.target as IDBDatabase).close(),
    })
    return new TillStore(db, name === DATABASE ? CHANNEL : name)
  }

  close(): void {
    this.#channel?.close()
    this.db.close()
  }

  /** Calls `fn` after each change, from any tab. Answers how to stop. */
  subscribe(fn: () => void): () => void {
    this.#heard.add(fn)
    return () => this.#heard.delete(fn)
  }

  #tell(): void {
    for (const fn of this.#heard) fn()
  }

  #changed(): void {
    this.#channel?.postMessage('changed')
    this.#tell()
  }

  tills(): Promise<Till[]> {
    return this.db.getAll('tills')
  }

  till(id: string): Promise<Till | undefined> {
    return this.db.get('tills', id)
  }

  /** Everything kept, oldest first. */
  async records(): Promise<Kept[]> {
    const all: Kept[] = await this.db.getAll('records')
    return all.sort((a, b) => a.at - b.at || a.seq - b.seq)
  }

  async add(till: Till): Promise<void> {
    const txn = this.db.transaction('tills', 'readwrite', { durability: 'strict' })
    await txn.store.add(till)
    await txn.done
    this.#changed()
  }

  /** Changes what is not the chain: `fn` sees the till as it is. */
  async change(id: string, fn: (till: Till) => Partial<Pick<Till, 'token' | 'name' | 'ended'>>): Promise<void> {
    const txn = this.db.transaction('tills', 'readwrite', { durability: 'strict' })
    const till: Till | undefined = await txn.store.get(id)
    if (till) await txn.store.put({ ...till, ...fn(till) })
    await txn.done
    this.#changed()
  }

  /** Takes a till that never came to be, and that has taken nothing. */
  async drop(id: string): Promise<void> {
    const txn = this.db.transaction('tills', 'readwrite')
    if (((await txn.store.get(id)) as Till | undefined)?.seq === 0) await txn.store.delete(id)
    await txn.done
    this.#changed()
  }

  /** Puts `record` behind the head that it was signed for, and moves the head. Throws `Moved`, and leaves nothing. */
  async append(before: Pick<Till, 'id' | 'seq' | 'head'>, record: Kept): Promise<void> {
    const txn = this.db.transaction(['tills', 'records'], 'readwrite', { durability: 'strict' })
    const tills = txn.objectStore('tills')
    const till: Till | undefined = await tills.get(before.id)
    if (!till || till.head !== before.head || till.seq !== before.seq) {
      txn.abort()
      await txn.done.catch(() => undefined)
      throw new Moved('the chain has moved')
    }
    await Promise.all([txn.objectStore('records').add(record), tills.put({ ...till, seq: record.seq, head: record.id }), txn.done])
    this.#changed()
  }

  /** Changes how far some records have come; `fn` answers null where there is nothing to change. */
  async mark(ids: Iterable<string>, fn: (record: Kept) => Kept | null): Promise<void> {
    const txn = this.db.transaction('records', 'readwrite', { durability: 'strict' })
    let any = false
    for (const id of ids) {
      const record: Kept | undefined = await txn.store.get(id)
      const next = record ? fn(record) : null
      if (next) await txn.store.put(next)
      any ||= next !== null
    }
    await txn.done
    if (any) this.#changed()
  }

  /** Forgets records that are answered and from before `at`. */
  async prune(at: number): Promise<void> {
    const txn = this.db.transaction('records', 'readwrite')
    for (const record of (await txn.store.getAll()) as Kept[]) {
      if (record.verdict && record.at < at) await txn.store.delete(record.id)
    }
    await txn.done
  }

  async choices(): Promise<Choices> {
    return { ...FIRST, ...(await this.db.get('choices', 'choices')) }
  }

  async choose(choices: Choices): Promise<void> {
    await this.db.put('choices', choices, 'choices')
    this.#changed()
  }
}

let opened: Promise<TillStore> | null = null

/** The till store of this device; opened once. Rejects where the browser gives no storage. */
export function tillStore(): Promise<TillStore> {
  opened ??= TillStore.open().catch((error: unknown) => {
    opened = null
    throw error
  })
  return opened
}
