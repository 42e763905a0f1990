/**
 * Forgetting everything of a person on this device: when they leave it, or when the server asks for it (protocol X1).
 * A phone may die in between, so that it was begun is written down first, and the next start ends it.
 */
import type { Replica } from './replica'
import type { Store, StoreName, Txn } from './store'

const PERSONAL: StoreName[] = ['device', 'local', 'outbox', 'journal']
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

/** Deletes it all, and looks whether it is gone; throws if it isn't. */
export async function wipe(store: Store, replica: Replica): Promise<void> {
  await replica.leave()
  await store.write(
    PERSONAL,
    async (txn) => {
      for (const name of PERSONAL) for (const [key] of await txn.all(name)) await txn.delete(name, key)
    },
    'strict',
  )
  // The key, too: without it what a browser still has somewhere is noise.
  await store.destroy?.()
  const left = await store.read(PERSONAL, async (txn) => {
    let rows = 0
    for (const name of PERSONAL) rows += (await txn.all(name)).length
    return rows
  })
  const held = [...replica.base.sums().keys()].some((aud) => aud !== 'public')
  if (left > 0 || held) throw new Error('something is left after wiping')
  await store.write(['meta'], (txn) => txn.delete('meta', MARK))
}
