/**
 * The small database that everybody on a shared device sees: who has a place here (first name, role, no more), the
 * lock of each one's key, and what was sealed for the server and waits to be brought.
 */
import { deleteDB, openDB, type IDBPDatabase } from 'idb'
import { newId } from '../sync/ids'
import { PLACES, unmarkShared } from './mark'
import { LAST_TRY, lock, pauseAfter, unlock, type Lock } from './pin'

export interface Slot {
  id: string
  /** '': nobody has joined in it yet. */
  firstName: string
  role: string
  lock: Lock
  /** Wrong PINs since the last right one. */
  tries: number
  /** No PIN is tried before this time of this device's clock. */
  until: number
}

/** Sealed parts of one person, to be brought together. */
export interface Waiting {
  slot: string
  /** Names this sealing, so that a later one isn't taken for it. */
  name: string
  parts: string[]
}

export type Tried = { kind: 'open'; key: Uint8Array } | { kind: 'wrong'; left: number; until: number } | { kind: 'early'; until: number } | { kind: 'gone' }

/** A shop's till (app/src/till): what it took waits there, whoever's turn it was. */
const TILL = 'kith till'

/** The database of one slot. */
export function storeName(slot: string): string {
  return `kith/${slot}`
}

export class Slots {
  private constructor(
    private readonly db: IDBPDatabase,
    private readonly database: string,
  ) {}

  static async open(name = PLACES): Promise<Slots> {
    const db = await openDB(name, 1, {
      upgrade(made) {
        made.createObjectStore('slots', { keyPath: 'id' })
        made.createObjectStore('waiting', { keyPath: 'slot' })
      },
      // Another tab says that nobody shares this device: whoever would add a place here is told that it can't be.
      blocking: (_before, _wanted, event) => (event.target as IDBDatabase).close(),
    })
    return new Slots(db, name)
  }

  close(): void {
    this.db.close()
  }

  async list(): Promise<Slot[]> {
    return this.db.getAll('slots')
  }

  /** Makes a place for somebody, locked by their PIN. */
  async add(pin: string): Promise<{ slot: Slot; key: Uint8Array }> {
    const { key, lock: made } = await lock(pin)
    const slot: Slot = { id: newId(), firstName: '', role: '', lock: made, tries: 0, until: 0 }
    await this.db.put('slots', slot)
    return { slot, key }
  }

  /** Says who the place belongs to, now that it is known. */
  async name(id: string, firstName: string, role: string): Promise<void> {
    const slot: Slot | undefined = await this.db.get('slots', id)
    if (slot && (slot.firstName !== firstName || slot.role !== role)) await this.db.put('slots', { ...slot, firstName, role })
  }

  /** Tries a PIN. The try is counted before it is made: closing the page gives none back. */
  async try(id: string, pin: string, now: number): Promise<Tried> {
    const slot: Slot | undefined = await this.db.get('slots', id)
    if (!slot) return { kind: 'gone' }
    if (now < slot.until) return { kind: 'early', until: slot.until }
    const tries = slot.tries + 1
    const until = now + pauseAfter(tries)
    await this.db.put('slots', { ...slot, tries, until: pauseAfter(tries) > 0 ? until : 0 })
    const key = await unlock(pin, slot.lock)
    if (key) {
      await this.db.put('slots', { ...slot, tries: 0, until: 0 })
      return { kind: 'open', key }
    }
    if (tries >= LAST_TRY) {
      await this.remove(id)
      return { kind: 'gone' }
    }
    return { kind: 'wrong', left: LAST_TRY - tries, until: pauseAfter(tries) > 0 ? until : 0 }
  }

  /**
   * Takes somebody off this device: the lock first, without which their store is noise, then the store. What they
   * sealed stays until it is brought. True once both are seen to be gone.
   */
  async remove(id: string): Promise<boolean> {
    await this.db.delete('slots', id)
    await deleteDB(storeName(id))
    const left = (await globalThis.indexedDB.databases?.()) ?? []
    return (await this.db.get('slots', id)) === undefined && !left.some((one) => one.name === storeName(id))
  }

  /** Keeps what was sealed, in the place of what the same person sealed before: it has all of that which still waits. */
  async keep(slot: string, name: string, parts: string[]): Promise<void> {
    if (parts.length > 0) await this.db.put('waiting', { slot, name, parts } satisfies Waiting)
    else await this.db.delete('waiting', slot)
  }

  async waiting(): Promise<Waiting[]> {
    return this.db.getAll('waiting')
  }

  /** Nobody has a place here, and nothing of anybody's would be lost by that: no letter and no till waits. */
  async areNobodys(): Promise<boolean> {
    const txn = this.db.transaction(['slots', 'waiting'])
    const held = (await txn.objectStore('slots').count()) + (await txn.objectStore('waiting').count())
    return held === 0 && !((await globalThis.indexedDB.databases?.()) ?? []).some(({ name }) => name === TILL)
  }

  /** The device is one person's after all. False: it is not, and nothing was changed. */
  async unshare(): Promise<boolean> {
    if (!(await this.areNobodys())) return false
    this.close()
    await deleteDB(this.database)
    unmarkShared()
    return true
  }

  /** It was brought, or will never be taken. */
  async brought({ slot, name }: Waiting): Promise<void> {
    const txn = this.db.transaction('waiting', 'readwrite')
    if (((await txn.store.get(slot)) as Waiting | undefined)?.name === name) await txn.store.delete(slot)
    await txn.done
  }
}
