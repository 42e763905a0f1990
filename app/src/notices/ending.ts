/**
 * Being told ends on this phone: with no signal, too, and with nothing of Firebase's loaded. From then on nothing that
 * is sent to it arrives, whoever sends it.
 */
import { deleteDB, openDB } from 'idb'
import { shown } from './showing'

/** What Firebase keeps here. */
const DATABASES = ['firebase-messaging-database', 'firebase-installations-database', 'firebase-heartbeat-database']
/** What the worker remembers of what it has shown (sw/push.ts). */
const TOLD = 'kith-told'
const LIMIT_MS = 5_000

/** Ends it all: what is shown now goes, too. Never fails, and never takes long. */
export async function endHere(): Promise<void> {
  const here = globalThis.navigator?.serviceWorker
  if (!here) return
  const close = async () => (await shown(await here.getRegistration())).forEach((one) => one.close())
  const forget = () => globalThis.caches?.delete(TOLD)
  // Again after what is being shown just now, as that is remembered then.
  const end = () => Promise.allSettled([forget(), close().finally(forget), reset()])
  let stop: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<void>((done) => (stop = setTimeout(done, LIMIT_MS)))
  await Promise.race([end(), late])
  clearTimeout(stop)
}

/** Throws away the way to reach this phone, and what Firebase knows of it. */
export async function reset(): Promise<void> {
  const subscription = await (await navigator.serviceWorker.getRegistration())?.pushManager?.getSubscription()
  await subscription?.unsubscribe()
  const there = (await indexedDB.databases?.())?.map(({ name }) => name)
  for (const name of DATABASES) {
    if (!there) void deleteDB(name)
    else if (there.includes(name)) await empty(name)
  }
}

/** Emptied rather than deleted: Firebase holds them open as long as the page lives, and a deletion would wait for it. */
async function empty(name: string): Promise<void> {
  const db = await openDB(name)
  const stores = [...db.objectStoreNames]
  if (stores.length > 0) {
    const txn = db.transaction(stores, 'readwrite')
    await Promise.all([...stores.map((store) => txn.objectStore(store).clear()), txn.done])
  }
  db.close()
}
