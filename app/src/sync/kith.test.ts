/**
 * What the engine promises to screens, with a whole engine, a server in memory and a clock that is moved.
 */
import 'fake-indexeddb/auto'
import { IDBObjectStore } from 'fake-indexeddb'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Kith, newId, SendError } from './index'
import { refusal, settled, TestMeeting, TestWorld } from './testing/world'

const open: Kith[] = []
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  for (const kith of open.splice(0)) kith.close()
})

let count = 0
function aName(): string {
  return `kith ${++count}`
}

async function openKith(world: TestWorld, name = aName(), meeting = new TestMeeting()): Promise<Kith> {
  const kith = await Kith.open({ name, env: world, meeting: meeting.join() })
  open.push(kith)
  return kith
}

function townWorld(): TestWorld {
  const world = new TestWorld()
  world.server.put('listings', 'lunch', { title: 'Lunch club' }, ['public'])
  world.server.put('listings', 'chess', { title: 'Chess' }, ['public'])
  return world
}

/** An engine that has joined as Rosa, and has everything. */
async function joined(world: TestWorld, name = aName(), meeting = new TestMeeting()): Promise<Kith> {
  const kith = await openKith(world, name, meeting)
  await kith.join('rosa', 'Rosa', 'Phone')
  await settled()
  return kith
}

/** Changes a record behind the engine's back. */
function onDisk(name: string, change: (store: any) => any, store = 'segments'): Promise<void> {
  return new Promise((resolve) => {
    indexedDB.open(name).onsuccess = (event: any) => {
      const db = event.target.result
      const tx = db.transaction(store, 'readwrite')
      change(tx.objectStore(store))
      tx.oncomplete = () => (db.close(), resolve())
    }
  })
}

/** Everything that lies in the row segments, as text. */
async function segmentsOf(name: string): Promise<string> {
  let all: any
  await onDisk(name, (store) => (all = store.getAll()))
  return JSON.stringify(all.result)
}

const visit = (id: string) => ({ id, listing: 'lunch', occurrence: '2026-06-04T12:00', firstName: 'Rosa', welcome: 'door' })

describe('opening', () => {
  test('resolves without a network, with what the device holds', async () => {
    const world = townWorld()
    const name = aName()
    const first = await openKith(world, name)
    await settled()
    first.close()
    world.online = false
    const again = await openKith(world, name)
    expect(again.rows('listings').get('lunch')!.title).toBe('Lunch club')
    expect(again.status.phase).toBe('ready')
    expect(again.seq).toBe(world.server.state.seq)
  })

  test('rows that can’t be read any more come again, and the outbox stays', async () => {
    const world = townWorld()
    const name = aName()
    const first = await joined(world, name)
    world.online = false
    await first.send('visits.come', visit('visit1'))
    first.close()
    await onDisk(name, (store) => store.put({ text: '{"row":["pub' }, 1))
    const again = await openKith(world, name)
    expect(again.rows('listings').size).toBe(0)
    expect(again.rows('visits').size).toBe(1)
    world.online = true
    await again.syncNow()
    expect(again.rows('listings').size).toBe(2)
    expect(again.outbox()).toEqual([])
  })

  test('what the server answered to a thing that was done can be asked for, also after a start with no signal', async () => {
    const world = townWorld()
    const name = aName()
    const first = await joined(world, name)
    const put = (v: number) => ({ collection: 'notes', id: `note${v}`, v, auds: ['public'], answer: { said: v } })
    const sent = await first.send('put', put(1))
    await settled()
    expect(first.outbox()).toEqual([])
    first.close()
    world.online = false
    const again = await openKith(world, name)
    await again.send('put', put(2))
    expect([...(await again.answers('put'))]).toEqual([[sent.nonce, { said: 1 }]])
    expect((await again.answers('visits.come')).size).toBe(0)
  })

  test('goes on when the browser has thrown everything away under an open page', async () => {
    const world = townWorld()
    const name = aName()
    const kith = await openKith(world, name)
    await settled()
    for (const store of ['meta', 'segments', 'outbox']) await onDisk(name, (records) => records.clear(), store)
    await kith.join('rosa', 'Rosa', 'Phone')
    await settled()
    expect(kith.rows('listings').size).toBe(2)
    await kith.send('visits.come', visit('visit1'))
    await settled()
    expect(kith.status).toMatchObject({ pending: 0, fault: null })
    expect(new Set(world.seen.filter(({ path }) => path === '/api/sync').map(({ body }) => body.stream)).size).toBe(1)
  })

  test('runs from memory where the browser gives no storage, and never says saved', async () => {
    const world = townWorld()
    vi.stubGlobal('indexedDB', { open: () => { throw new DOMException('no', 'SecurityError') } })
    const kith = await openKith(world)
    await settled()
    expect(kith.status.storage).toBe('blocked')
    expect(kith.rows('listings').size).toBe(2)
    await expect(kith.send('visits.come', visit(newId()))).rejects.toMatchObject({ code: 'storage_blocked' })
    await expect(kith.join('rosa', 'Rosa', 'Phone')).rejects.toMatchObject({ code: 'storage_blocked' })
  })

  test('does not wait for ever for a browser whose storage hangs', async () => {
    const world = townWorld()
    vi.stubGlobal('indexedDB', { open: () => new EventTarget() })
    const opening = openKith(world)
    await world.advance(8_000)
    expect((await opening).status.storage).toBe('blocked')
  })
})

describe('sending', () => {
  test('is there after the page is gone, and arrives exactly once when the signal is back', async () => {
    const world = townWorld()
    const name = aName()
    const kith = await joined(world, name)
    world.online = false
    const entry = await kith.send('visits.come', visit('visit1'))
    kith.close()
    const again = await openKith(world, name)
    expect(again.outbox()).toMatchObject([{ nonce: entry.nonce, name: 'visits.come' }])
    expect(again.rows('visits').get('visit1')).toMatchObject({ status: 'coming' })
    world.online = true
    await again.syncNow()
    expect(world.server.state.effects.get(entry.nonce)).toBe(1)
    expect(again.outbox()).toEqual([])
    expect(again.rows('visits').get('visit1')).toMatchObject({ status: 'coming' })
    expect(again.audiences('visits', 'visit1')).toEqual(['member/rosa'])
  })

  test('waits for an account where there is none yet, and goes in that member’s name', async () => {
    const world = townWorld()
    const kith = await openKith(world)
    await settled()
    await kith.send('visits.come', visit('visit1'))
    await settled()
    expect(world.count('/api/sync')).toBe(0)
    await kith.join('rosa', 'Rosa', 'Phone')
    await settled()
    expect(kith.outbox()).toEqual([])
    expect(world.server.truth('rosa').get('visits/visit1')).toBeDefined()
  })

  test('takes the very same for one while it is being saved, and for another once it is', async () => {
    const world = townWorld()
    const kith = await joined(world)
    world.online = false
    const [first, second] = await Promise.all([kith.send('put', { v: 1 }), kith.send('put', { v: 1 }), kith.send('put', { v: 2 })])
    expect(second.nonce).toBe(first.nonce)
    await kith.send('put', { v: 1 })
    expect(kith.outbox().map(({ args }) => args.v)).toEqual([1, 2, 1])
  })

  test('is refused, and nothing is lost, when the phone is full', async () => {
    const world = townWorld()
    const kith = await joined(world)
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('no room', 'QuotaExceededError')
    })
    await expect(kith.send('visits.come', visit('visit1'))).rejects.toMatchObject({ code: 'storage_full' })
    expect(kith.status.storage).toBe('full')
    expect(kith.rows('listings').size).toBe(2)
    expect(kith.outbox()).toEqual([])
    put.mockRestore()
    await kith.send('visits.come', visit('visit1'))
    expect(kith.status.storage).toBe('ok')
  })

  test('refuses what the server would find too large', async () => {
    const kith = await joined(townWorld())
    const sending = kith.send('listings.edit', { id: 'lunch', set: { description: 'é'.repeat(33_000) } })
    await expect(sending).rejects.toBeInstanceOf(SendError)
    await expect(sending).rejects.toMatchObject({ code: 'too_large' })
    expect(kith.outbox()).toEqual([])
  })

  test('saves durably before it says so', async () => {
    const kith = await joined(townWorld())
    const { IDBDatabase } = await import('fake-indexeddb')
    const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction')
    await kith.send('visits.come', visit('visit1'))
    expect(transaction).toHaveBeenCalledWith(['meta', 'outbox'], 'readwrite', { durability: 'strict' })
  })

  test('sends at most a hundred commands and 256 kB in one request', async () => {
    const world = townWorld()
    const kith = await joined(world)
    world.online = false
    await kith.syncNow() // the phone knows that there is no signal: nothing leaves
    for (let i = 0; i < 130; i++) await kith.send('refuse', { i })
    for (let i = 0; i < 6; i++) await kith.send('refuse', { text: 'x'.repeat(60_000) })
    world.online = true
    const before = world.seen.length
    await kith.syncNow()
    const pushes = world.seen.slice(before).map((seen) => seen.body.commands).filter((commands) => commands?.length)
    expect(pushes.map((commands) => commands.length)).toEqual([100, 34, 2])
    for (const commands of pushes) expect(JSON.stringify(commands).length).toBeLessThan(257 * 1024)
    expect(kith.outbox().every((entry) => entry.state === 'rejected')).toBe(true)
  })

  test('a refused command can be mended and sent again, or dismissed', async () => {
    const world = townWorld()
    const kith = await joined(world)
    world.server.put('visits', 'visit1', {}, ['host/lunch'])
    const entry = await kith.send('visits.come', visit('visit1'))
    await settled()
    expect(kith.outbox()).toMatchObject([{ nonce: entry.nonce, state: 'rejected', code: 'id_taken', args: { id: 'visit1' } }])
    expect(kith.rows('visits').has('visit1')).toBe(false)
    const mended = await kith.resend(entry.nonce, visit('visit2'))
    expect(mended.nonce).not.toBe(entry.nonce)
    await settled()
    expect(kith.outbox()).toEqual([])
    expect(kith.rows('visits').has('visit2')).toBe(true)
    const other = await kith.send('refuse', {})
    await settled()
    await kith.dismiss(other.nonce)
    expect(kith.outbox()).toEqual([])
  })

  test('what never left can be taken back', async () => {
    const world = townWorld()
    const kith = await openKith(world)
    const entry = await kith.send('visits.come', visit('visit1'))
    expect(kith.rows('visits').size).toBe(1)
    expect(await kith.withdraw(entry.nonce)).toBe(true)
    expect(kith.rows('visits').size).toBe(0)
    expect(await kith.withdraw(entry.nonce)).toBe(false)
  })

  test('what was sealed for somebody else to bring can’t be taken back', async () => {
    const world = townWorld()
    world.sealTo = 'a key'
    const kith = await joined(world)
    world.online = false
    await kith.syncNow()
    const entry = await kith.send('visits.come', visit('visit1'))
    expect(kith.outbox()[0]?.state).toBe('waiting')
    expect((await kith.left())?.waiting.map(({ nonce }) => nonce)).toEqual([entry.nonce])
    expect([kith.outbox()[0]?.state, await kith.withdraw(entry.nonce)]).toEqual(['sending', false])
  })

  test('one command that the server will not read holds up no other', async () => {
    const world = townWorld()
    const kith = await joined(world)
    world.online = false
    await kith.send('visits.come', visit('visit1'))
    const poison = await kith.send('poison', {})
    await kith.send('visits.come', visit('visit2'))
    world.online = true
    world.answer = ({ body }) => (body?.commands?.some((command: any) => command.name === 'poison') ? refusal(400, 'body_invalid') : undefined)
    for (let i = 0; i < 20; i++) await world.advance(5 * 60_000)
    expect(kith.outbox()).toMatchObject([{ nonce: poison.nonce, state: 'rejected', code: 'body_invalid' }])
    expect([...kith.rows('visits').keys()].sort()).toEqual(['visit1', 'visit2'])
  })
})

describe('what screens read', () => {
  test('a collection is the same Map until something in it changes', async () => {
    const world = townWorld()
    const kith = await joined(world)
    const [listings, members] = [kith.rows('listings'), kith.rows('members')]
    expect(kith.rows('listings')).toBe(listings)
    const heard: ReadonlySet<string>[] = []
    const stop = kith.subscribe((changed) => heard.push(changed))
    world.server.put('listings', 'chess', { title: 'Chess on Mondays' }, ['public'])
    await kith.syncNow()
    expect(kith.rows('listings')).not.toBe(listings)
    expect(kith.rows('members')).toBe(members)
    expect(heard.some((changed) => changed.has('listings'))).toBe(true)
    expect(heard.some((changed) => changed.has('members'))).toBe(false)
    stop()
    const before = heard.length
    await kith.send('refuse', {})
    expect(heard.length).toBe(before)
  })

  test('an effect never flickers between the tap and the server’s word', async () => {
    const world = townWorld()
    const kith = await joined(world)
    const shown: boolean[] = []
    kith.subscribe(() => shown.push(kith.rows('visits').has('visit1')))
    await kith.send('visits.come', visit('visit1'))
    world.limit = 1
    for (let i = 0; i < 5; i++) world.server.put('listings', `more${i}`, {}, ['public'])
    await kith.syncNow()
    expect(kith.outbox()).toEqual([])
    expect(shown.length).toBeGreaterThan(5)
    expect(shown.slice(shown.indexOf(true))).not.toContain(false)
  })

  test('a first name that was changed is who I am', async () => {
    const kith = await joined(townWorld())
    expect(kith.me).toEqual({ member: 'rosa', device: 'device-rosa', firstName: 'Rosa', roles: ['resident'] })
    await kith.send('people.rename', { firstName: 'Rosie' })
    expect(kith.me!.firstName).toBe('Rosie')
  })

  test('roles follow the rows', async () => {
    const world = townWorld()
    const kith = await joined(world)
    const topics = new Set<string>()
    kith.subscribe((changed) => changed.forEach((topic) => topics.add(topic)))
    world.server.put('roles', 'role1', { member: 'rosa', role: 'activator' }, ['member/rosa'])
    await kith.syncNow()
    expect(kith.me!.roles).toEqual(['resident', 'activator'])
    expect(topics).toContain('@me')
  })
})

describe('device-only facts', () => {
  test('outlive the page, reach the other tab, and never leave the phone', async () => {
    const world = townWorld()
    const name = aName()
    const meeting = new TestMeeting()
    const [one, two] = [await openKith(world, name, meeting), await openKith(world, name, meeting)]
    const keys: string[] = []
    two.local.subscribe((key) => keys.push(key))
    await one.local.set('saved', ['lunch'])
    await settled()
    expect(two.local.get('saved')).toEqual(['lunch'])
    expect(keys).toEqual(['saved'])
    one.close()
    const again = await openKith(world, name)
    expect(again.local.get('saved')).toEqual(['lunch'])
    expect(JSON.stringify(world.seen)).not.toContain('saved')
  })
})

describe('leaving', () => {
  test('sends what is left, then forgets the account and every private row, also on disk', async () => {
    const world = townWorld()
    const name = aName()
    const kith = await joined(world, name)
    world.online = false
    const entry = await kith.send('visits.come', visit('visit1'))
    world.online = true
    await kith.leave()
    await settled()
    expect(world.server.state.effects.get(entry.nonce)).toBe(1)
    expect(kith.me).toBeNull()
    expect(kith.rows('members').size).toBe(0)
    expect(kith.rows('visits').size).toBe(0)
    expect(kith.rows('listings').size).toBe(2)
    kith.close()
    const again = await openKith(world, name)
    expect(again.me).toBeNull()
    expect(await segmentsOf(name)).not.toContain('rosa')
  })

  test('without signal gives up after 15 seconds, and leaves nothing private on disk', async () => {
    const world = townWorld()
    const name = aName()
    const kith = await joined(world, name)
    world.online = false
    await kith.send('visits.come', visit('visit1'))
    const leaving = kith.leave()
    await world.advance(14_000)
    expect(kith.me).not.toBeNull()
    await world.advance(2_000)
    await leaving
    expect(kith.me).toBeNull()
    expect(kith.outbox()).toEqual([])
    expect(kith.rows('listings').size).toBe(2)
    expect(await segmentsOf(name)).not.toContain('rosa')
  })
})

test('ids are 15 characters that the server takes, and never the same', () => {
  const ids = Array.from({ length: 1000 }, newId)
  expect(ids.every((id) => /^[a-z0-9]{15}$/.test(id))).toBe(true)
  expect(new Set(ids).size).toBe(1000)
})
