/**
 * Ends the process, as far as the disk can tell, at the n-th thing that is written: from then on nothing
 * reaches the disk, and the transaction that was under way leaves nothing.
 */
import { IDBObjectStore } from 'fake-indexeddb'

type Writing = 'put' | 'add' | 'delete'

/** Counts writes. After `allowed` of them the transaction aborts, and so does every later one until `undo`. */
export function crashAfter(allowed: number): { undo: () => void; crashed: () => boolean; writes: () => number } {
  let writes = 0
  let crashed = false
  const prototype = IDBObjectStore.prototype as any
  const kept = new Map<Writing, any>()
  for (const name of ['put', 'add', 'delete'] as const) {
    const original = prototype[name]
    kept.set(name, original)
    prototype[name] = function (this: { transaction: { abort(): void } }, ...args: unknown[]) {
      const request = original.apply(this, args)
      writes += 1
      if (writes > allowed) {
        crashed = true
        this.transaction.abort()
      }
      return request
    }
  }
  return {
    crashed: () => crashed,
    writes: () => writes,
    undo() {
      for (const [name, original] of kept) prototype[name] = original
    },
  }
}
