/**
 * The small database of letters that wait on this device to be brought to the server. It belongs to the device and to
 * nobody on it: a letter here has a name, its sealed bytes and a day. Whose it is, and what it is about, is in the seal.
 *
 * | state   | |
 * |---------|-|
 * | waiting | not answered yet; `sent`: it may have reached the server |
 * | taken   | the server has it; kept for two weeks under the server's epoch, and brought again after a restore |
 * | refused | it will never be taken; `code` says why, the bytes are gone |
 */
import { openDB, type IDBPDatabase, type IDBPObjectStore } from 'idb'
import type { Trust } from './bundle'

const DATABASE = 'kith letters'
/** A letter that was taken is kept for so many days. */
export const KEPT_DAYS = 14
const DAY_MS = 86_400_000

export interface Letter {
  name: string
  blob: string
  state: 'waiting' | 'taken' | 'refused'
  sent: boolean
  /** Why it waits or was refused: a code of the server's. */
  code: string
  /** Under which of the server's histories it was taken. */
  epoch: string
  /** The day it was written, or answered: days since 1970. */
  day: number
}

/** What the server said to one letter. */
export interface Outcome {
  outcome: 'ok' | 'merged' | 'rejected' | 'later'
  code?: string
}

type Name = 'letters' | 'trust'
type Reading = IDBPObjectStore<unknown, Name[], Name, 'readonly'>
type Writing = IDBPObjectStore<unknown, Name[], Name, 'readwrite'>

export class Letters {
  #open: Promise<IDBPDatabase> | null = null

  constructor(private readonly name = DATABASE) {}

  /** True when this browser has such a database: looked up without making one. */
  static async exist(): Promise<boolean> {
    // An older browser can't say: there it is opened.
    return (await globalThis.indexedDB.databases?.())?.some(({ name }) => name === DATABASE) ?? true
  }

  close(): void {
    void this.#open?.then((db) => db.close()).catch(() => undefined)
    this.#open = null
  }

  /** Keeps a letter. Resolves once its bytes have left the browser for the disk. */
  async keep(name: string, blob: string, now: number): Promise<void> {
    await this.#write('letters', (store) => store.put(fresh(name, blob, now)))
  }

  /**
   * Takes a letter back. One that never left is deleted; else another, which takes it back at the server, is kept in
   * its place. Both in one step. True: it has never left.
   */
  takeBack(name: string, by: { name: string; blob: string }, now: number): Promise<boolean> {
    return this.#write('letters', async (store) => {
      const letter: Letter | undefined = await store.get(name)
      const never = letter !== undefined && !letter.sent
      if (letter) await store.delete(name)
      if (!never) await store.put(fresh(by.name, by.blob, now))
      return never
    })
  }

  get(name: string): Promise<Letter | undefined> {
    return this.#read('letters', (store) => store.get(name))
  }

  all(): Promise<Letter[]> {
    return this.#read('letters', (store) => store.getAll())
  }

  /** Letters to bring now, marked as ones that may have been. */
  setOut(names: readonly string[]): Promise<Letter[]> {
    return this.#write('letters', async (store) => {
      const letters: Letter[] = []
      for (const name of names) {
        const letter: Letter | undefined = await store.get(name)
        if (letter?.state !== 'waiting') continue
        letters.push(letter)
        if (!letter.sent) await store.put({ ...letter, sent: true })
      }
      return letters
    })
  }

  /** Writes down what the server said, of letters that still wait. */
  async answered(answers: ReadonlyMap<string, Outcome>, epoch: string, now: number): Promise<void> {
    await this.#write('letters', async (store) => {
      for (const [name, answer] of answers) {
        const letter: Letter | undefined = await store.get(name)
        if (letter?.state === 'waiting') await store.put(after(letter, answer, epoch, now))
      }
    })
  }

  /**
   * The server's history of now. What was taken under another one waits again; what was answered two weeks ago is
   * forgotten.
   */
  async heard(epoch: string, now: number): Promise<void> {
    await this.#write('letters', async (store) => {
      for (const letter of (await store.getAll()) as Letter[]) {
        if (letter.state === 'waiting') continue
        if (dayOf(now) - letter.day > KEPT_DAYS) await store.delete(letter.name)
        else if (letter.state === 'taken' && letter.epoch !== epoch) await store.put({ ...letter, state: 'waiting', epoch: '' })
      }
    })
  }

  /** What this device has learned about the community's signing key. */
  async trust(community: string): Promise<Trust | null> {
    return (await this.#read('trust', (store) => store.get(community))) ?? null
  }

  /** Remembers it: the first signer for good, and the highest number. Answers what is remembered. */
  remember(next: Trust): Promise<Trust> {
    return this.#write('trust', async (store) => {
      const before: Trust | undefined = await store.get(next.community)
      const kept = before && (before.signer !== next.signer || before.seq >= next.seq) ? before : next
      if (kept !== before) await store.put(kept)
      return kept
    })
  }

  #read<T>(name: Name, work: (store: Reading) => Promise<T>): Promise<T> {
    return this.#transact(name, 'readonly', work)
  }

  /** Resolves once it is on the disk, and leaves nothing when it fails. */
  #write<T>(name: Name, work: (store: Writing) => Promise<T>): Promise<T> {
    return this.#transact(name, 'readwrite', work)
  }

  #transact<T, M extends 'readonly' | 'readwrite'>(name: Name, mode: M, work: (store: IDBPObjectStore<unknown, Name[], Name, M>) => Promise<T>): Promise<T> {
    return this.#run(async (db) => {
      const txn = db.transaction([name], mode, { durability: 'strict' })
      txn.done.catch(() => undefined) // whoever awaits it below hears of it
      const result = await work(txn.objectStore(name) as unknown as IDBPObjectStore<unknown, Name[], Name, M>)
      await txn.done
      return result
    })
  }

  /** A browser may close the connection under a page that slept: then, once, on a new one. */
  async #run<T>(work: (db: IDBPDatabase) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#db())
    } catch (error) {
      if ((error as Error)?.name !== 'InvalidStateError') throw error
      this.close()
      return work(await this.#db())
    }
  }

  #db(): Promise<IDBPDatabase> {
    this.#open ??= openDB(this.name, 1, {
      upgrade(made) {
        made.createObjectStore('letters', { keyPath: 'name' })
        made.createObjectStore('trust', { keyPath: 'community' })
      },
      blocking: () => this.close(),
      terminated: () => this.close(),
    }).catch((error: unknown) => {
      this.#open = null
      throw error
    })
    return this.#open
  }
}

function fresh(name: string, blob: string, now: number): Letter {
  return { name, blob, state: 'waiting', sent: false, code: '', epoch: '', day: dayOf(now) }
}

function after(letter: Letter, { outcome, code = '' }: Outcome, epoch: string, now: number): Letter {
  if (outcome === 'later') return { ...letter, code }
  if (outcome === 'rejected') return { ...letter, state: 'refused', code, blob: '', epoch, day: dayOf(now) }
  return { ...letter, state: 'taken', code: '', epoch, day: dayOf(now) }
}

function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS)
}
