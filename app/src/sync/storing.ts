/**
 * Where this device keeps things: the disk, sealed; or memory, where the browser gives none or doesn't answer.
 */
import type { Env } from './env'
import { GuardedStore } from './guarded'
import { MemoryStore, openStore, type Store } from './store'

/** A browser that doesn't answer for so long gives no storage. */
const OPEN_MS = 8_000

/** Opens the store of that name; `key` is the one to seal with, where it is known already. */
export async function storeOf(name: string, env: Env, key: Uint8Array | undefined): Promise<Store> {
  const disk = await diskOf(name, env)
  // What ends with the page needs no seal.
  return disk.durable ? GuardedStore.open(disk, key) : disk
}

async function diskOf(name: string, env: Env): Promise<Store> {
  const opened = new AbortController()
  const late = env.sleep(OPEN_MS, opened.signal).then(() => new MemoryStore())
  try {
    return await Promise.race([openStore(name), late])
  } catch {
    return new MemoryStore()
  } finally {
    opened.abort()
  }
}
