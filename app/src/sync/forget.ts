/**
 * Forgetting everything of a person on this device. Comes in a file of its own, when it is wanted.
 */
import { deleteDB } from 'idb'
import { endHere } from '../notices/ending'
import { isShared } from '../turns/mark'
import type { Replica } from './replica'
import type { Store, StoreName } from './store'
import { endWipe } from './wipe'

/** What a till on this device has (app/src/till): it is the shop's, and on a phone of one's own it goes with its person. */
const TILL = 'kith till'
const PERSONAL: StoreName[] = ['device', 'local', 'outbox', 'journal']

/** Deletes it all, and looks whether it is gone; throws if it isn't. */
export async function forget(store: Store, replica: Replica): Promise<void> {
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
  if (store.durable && !(await isShared())) {
    await deleteDB(TILL)
    await endHere()
  }
  const left = await store.read(PERSONAL, async (txn) => {
    let rows = 0
    for (const name of PERSONAL) rows += (await txn.all(name)).length
    return rows
  })
  const held = [...replica.base.sums().keys()].some((aud) => aud !== 'public')
  if (left > 0 || held) throw new Error('something is left after wiping')
  await endWipe(store)
}
