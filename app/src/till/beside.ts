/**
 * What a till does beside its screen, on whatever page its person is: hands over what was taken, learns what came of
 * it, and keeps the server's word about itself.
 */
import { known } from '../card/tokens'
import type { Kith } from '../sync'
import { last } from '../turns/last'
import { hand, learn } from './handing'
import { follow, renew } from './opening'
import { revokedOf, setFrom } from './formats'
import { tillStore, type TillStore } from './store'

const TOPICS = ['@outbox', '@status', '@me', 'roles', 'tills', 'revocations', 'communities']

let begun: Promise<() => Promise<void>> | null = null

/** Begins once; answers how to do it all at once. */
export function begin(kith: Kith): Promise<() => Promise<void>> {
  begun ??= start(kith).catch((error: unknown) => {
    begun = null
    throw error
  })
  return begun
}

async function start(kith: Kith): Promise<() => Promise<void>> {
  const store = await tillStore()
  const work = inTurn(kith, store)
  kith.subscribe((changed) => TOPICS.some((topic) => changed.has(topic)) && void work())
  store.subscribe(() => void work())
  last.add(() => hand(kith, store, Date.now(), true))
  // Whoever puts the phone away may not come back to this page.
  document.addEventListener('visibilitychange', () => document.hidden && void hand(kith, store, Date.now(), true).catch(() => undefined))
  void work()
  return work
}

/** One run at a time; asked for meanwhile, once more after it. A run that fails is tried again with the next change. */
function inTurn(kith: Kith, store: TillStore): () => Promise<void> {
  const asked = new Set<string>()
  let again = false
  let running: Promise<void> | null = null
  const once = async () => {
    const now = Date.now()
    if (!kith.me) return
    const rows = (collection: string) => kith.rows(collection)
    const revoked = await revokedOf(rows)
    await follow(kith, store, revoked?.tills ?? [])
    await learn(kith, store, now)
    await hand(kith, store, now)
    await renew(kith, store, asked, now + kith.offset, (kid) => known(setFrom(rows), 'dev+jwt', kid) !== undefined)
  }
  const run = async () => {
    do {
      again = false
      await once().catch(() => undefined)
    } while (again)
    running = null
  }
  return () => {
    again = true
    return (running ??= run())
  }
}
