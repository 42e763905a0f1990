/**
 * What a disk really holds, past the engine: for tests of what must not lie there.
 */
import { openDB } from 'idb'
import { STORES, type StoreName } from '../store'

const NUMBERED: readonly StoreName[] = ['segments', 'journal']

/** Writes a database as the app of shape 1 did. */
export async function writeShape1(name: string, records: Record<string, [any, any][]>): Promise<void> {
  const db = await openDB(name, 1, {
    upgrade(made) {
      for (const store of STORES) made.createObjectStore(store, NUMBERED.includes(store) ? { autoIncrement: true } : {})
    },
  })
  for (const [store, pairs] of Object.entries(records)) for (const [key, value] of pairs) await db.put(store, value, key)
  db.close()
}

/** Every key and value of a database, each as text of its JSON and of its bytes. */
export async function everythingIn(name: string): Promise<string> {
  const db = await openDB(name)
  const texts: string[] = []
  for (const store of db.objectStoreNames) {
    texts.push(...(await db.getAllKeys(store)).map(String))
    for (const value of await db.getAll(store)) texts.push(JSON.stringify(value, bytesAsText))
  }
  db.close()
  return texts.join('\n')
}

function bytesAsText(_: string, value: unknown): unknown {
  return ArrayBuffer.isView(value) ? new TextDecoder('latin1').decode(new Uint8Array(value.buffer.slice(0))) : value
}
