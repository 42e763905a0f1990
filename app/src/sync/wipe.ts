/**
 * That everything of a person on this device is to go: they leave it, or the server asks for it (protocol X1). A phone
 * may die in between, so that it was begun is written down first, and the next start ends it (forget.ts).
 */
import type { Store, Txn } from './store'

const MARK = 'wipe'

/** Why everything goes: its person has left, or the server asked. */
export type Why = 'left' | 'wiped'

/** Writes down that everything is to go. */
export function markWipe(txn: Txn, why: Why): Promise<void> {
  return txn.put('meta', MARK, why)
}

/** Why a wipe was begun and not ended; undefined: none was. */
export function begunWipe(store: Store): Promise<Why | undefined> {
  return store.read(['meta'], (txn) => txn.get('meta', MARK))
}

/** Everything is gone. */
export function endWipe(store: Store): Promise<void> {
  return store.write(['meta'], (txn) => txn.delete('meta', MARK))
}
