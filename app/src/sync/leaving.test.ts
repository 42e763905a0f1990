/**
 * A phone that dies while its person leaves it, or while the server has it wiped: nothing of theirs comes up again.
 */
import 'fake-indexeddb/auto'
import { deleteDB } from 'idb'
import { expect, test, vi } from 'vitest'
import { TillStore } from '../till/store'
import { PLACES } from '../turns/mark'
import { Slots } from '../turns/slots'
import { newKey } from './box'
import { Kith } from './kith'
import { openStore } from './store'
import { ALONE } from './tabs'
import { Life } from './testing/crash'
import { aDay, found } from './testing/day'
import { everythingIn } from './testing/raw'
import { refusal, settled, TestWorld, type Seen } from './testing/world'

const KINDS = [['a personal phone', false], ['a shared device', true]] as const

let count = 0

interface Died {
  over: boolean
  steps: number
  again: Kith
  name: string
}

/** Opens a phone with Rosa's day on it, does `end`, dies `n` steps of the disk after that says so, and opens it again. */
async function diesAt(n: number, shared: boolean, end: (kith: Kith, world: TestWorld, arm: () => void) => Promise<void>): Promise<Died> {
  const name = `leaving ${++count}`
  const key = shared ? newKey() : undefined
  const life = new Life()
  const { world, kith } = await aDay(name, key)
  await settled()
  await life.until(end(kith, world, () => life.endAfter(n)))
  await settled()

  new Life()
  const elsewhere = new TestWorld()
  elsewhere.online = false
  const again = await Kith.open({ name, env: elsewhere, meeting: ALONE, ...(key ? { key } : {}) })
  await settled()
  return { over: life.over, steps: life.steps, again, name }
}

/** Either nothing was begun and all is there, or nothing is. */
async function allOrNothing({ again, name }: Died, where: string): Promise<void> {
  if (again.me) {
    expect(again.outbox().length, where).toBe(2)
    expect(again.rows('visits').size, where).toBe(2)
    expect(again.local.get('draft/edit'), where).toBeDefined()
    return
  }
  expect([again.outbox(), again.rows('visits').size, again.rows('members').size, again.local.get('draft/edit')], where).toEqual([[], 0, 0, undefined])
  expect([...again.rows('listings').keys()], where).toEqual(['lunch'])
  const floor = await openStore(name)
  for (const store of ['device', 'outbox', 'journal', 'local'] as const) {
    expect(await floor.read([store], (txn) => txn.all(store)), `${store} ${where}`).toEqual([])
  }
  expect(found(await everythingIn(name)), where).toEqual([])
  floor.close()
}

test.each(KINDS)('leaving %s is whole or not begun, wherever the phone dies', async (_, shared) => {
  for (let n = 0; ; n++) {
    const died = await diesAt(n, shared, async (kith, world, arm) => {
      const late = async () => {
        await world.advance(14_000) // it tries to send what waits, for so long
        arm()
        await world.advance(6_000)
      }
      await Promise.all([kith.leave(), late()])
    })
    await allOrNothing(died, `died at step ${n}`)
    if (!died.over) {
      expect(died.again.me).toBeNull()
      return
    }
  }
}, 60_000)

/** How a phone is told that it is to be wiped: the answer itself may have been lost. */
const TOLD = {
  'in an answer': ({ path, body }: Seen, world: TestWorld) =>
    path === '/api/sync' ? new Response(world.server.sync('rosa', body).replace('\n', '\n{"wipe":true}\n')) : undefined,
  'by a refusal': ({ path, body }: Seen, world: TestWorld) => {
    if (path !== '/api/sync') return undefined
    world.server.sync('rosa', body) // the answer that was lost
    return refusal(401, 'device_wiped')
  },
  'where a new token is refused': ({ path, body }: Seen, world: TestWorld) => {
    if (path === '/api/session') return refusal(401, 'device_wiped')
    if (path !== '/api/sync') return undefined
    world.server.sync('rosa', body)
    return refusal(401, 'token_missing')
  },
}
const WIPES = KINDS.flatMap(([kind, shared]) => Object.entries(TOLD).map(([how, tells]) => [kind, how, shared, tells] as const))

test.each(WIPES)('a wipe of %s, told %s, that has begun is ended at the next start, wherever the phone dies', async (_, __, shared, tells) => {
  for (let n = 0; ; n++) {
    let told = false
    const died = await diesAt(n, shared, async (kith, world, arm) => {
      arm()
      world.online = true
      world.answer = (seen) => {
        const answer = told && seen.path === '/api/sync' ? refusal(401, 'device_wiped') : tells(seen, world)
        told ||= answer !== undefined
        return answer
      }
      await kith.syncNow()
      await settled()
    })
    const { again } = died
    // Its commands had reached the server before it was told: what is left on the phone is only in the way.
    if (again.me) expect(again.outbox().length, `died at step ${n}`).toBe(2)
    else await allOrNothing(died, `died at step ${n}`)
    if (died.over) continue
    expect([told, again.me]).toEqual([true, null])
    return
  }
}, 60_000)

test('a till goes with the phone of one’s own, and stays on a tablet that is shared', async () => {
  vi.stubGlobal('localStorage', { getItem: () => null })
  const tills = async () => (await indexedDB.databases()).filter(({ name }) => name === 'kith till').length
  for (const shared of [true, false]) {
    const { world, kith } = await aDay(`with a till ${++count}`, shared ? newKey() : undefined)
    const places = shared ? await Slots.open() : null
    const till = await TillStore.open()
    expect(await tills()).toBe(1)
    await Promise.all([kith.leave(), world.advance(16_000)])
    expect(await tills(), shared ? 'shared' : 'one’s own').toBe(shared ? 1 : 0)
    till.close()
    places?.close()
    await deleteDB(PLACES)
  }
  vi.unstubAllGlobals()
})
