/**
 * When the engine talks to the server, and when it keeps still.
 */
import 'fake-indexeddb/auto'
import { IDBObjectStore } from 'fake-indexeddb'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Kith } from './index'
import { refusal, settled, TestMeeting, TestWorld } from './testing/world'

const MINUTE = 60_000
const open: Kith[] = []
afterEach(() => {
  for (const kith of open.splice(0)) kith.close()
})

let count = 0
async function openKith(world: TestWorld, name = `loop ${++count}`, meeting = new TestMeeting()): Promise<Kith> {
  const kith = await Kith.open({ name, env: world, meeting: meeting.join() })
  open.push(kith)
  await settled()
  return kith
}

function townWorld(): TestWorld {
  const world = new TestWorld()
  world.server.put('listings', 'lunch', { title: 'Lunch club' }, ['public'])
  return world
}

async function joined(world: TestWorld): Promise<Kith> {
  const kith = await openKith(world)
  await kith.join('rosa', 'Rosa', 'Phone')
  // Files that come later take a way of their own here, which no turn of the loop waits for.
  await vi.waitFor(() => expect(world.lives.length).toBeGreaterThan(0))
  await settled()
  return kith
}

describe('without an account', () => {
  test('looks for news when it is looked at, at most every five minutes', async () => {
    const world = townWorld()
    await openKith(world)
    expect(world.seen.map(({ path }) => path)).toEqual(['/api/sync/public/-/0/0'])
    world.look(false)
    world.look(true)
    await world.advance(4 * MINUTE)
    expect(world.seen.length).toBe(1)
    await world.advance(2 * MINUTE)
    expect(world.seen.length).toBe(2)
    expect(world.seen[1]!.path).toContain(`/api/sync/public/${world.server.epoch}/`)
    world.look(false)
    await world.advance(60 * MINUTE)
    expect(world.seen.length).toBe(2)
  })

  test('asks for every page at once; where nothing is held yet it shows the first, and then all', async () => {
    const world = townWorld()
    for (let i = 0; i < 5; i++) world.server.put('listings', `more${i}`, {}, ['public'])
    world.limit = 2
    const sizes: number[] = []
    const kith = await Kith.open({ name: `loop ${++count}`, env: world, meeting: new TestMeeting().join() })
    open.push(kith)
    kith.subscribe(() => sizes.push(kith.rows('listings').size))
    await settled()
    expect(new Set(sizes)).toEqual(new Set([0, 2, 6]))
    expect(world.seen.length).toBe(3)
  })

  test('shows nothing of pages before the last where something is held: that is of one moment', async () => {
    const world = townWorld()
    const kith = await openKith(world)
    await settled()
    for (let i = 0; i < 5; i++) world.server.put('listings', `more${i}`, {}, ['public'])
    world.limit = 2
    const sizes: number[] = []
    kith.subscribe(() => sizes.push(kith.rows('listings').size))
    await kith.syncNow()
    expect(new Set(sizes)).toEqual(new Set([1, 6]))
  })

  test('what has come of the first rows is shown without what is private, also after a restart with no signal', async () => {
    const world = townWorld()
    for (let i = 0; i < 5; i++) world.server.put('listings', `more${i}`, {}, ['public'])
    world.limit = 3
    let asked = 0
    const cut = () => Promise.reject(new TypeError('Failed to fetch'))
    world.answer = ({ path }) => (path.includes('/public/') || (path === '/api/sync' && ++asked > 1) ? cut() : undefined)
    const name = `loop ${++count}`
    const kith = await openKith(world, name)
    await kith.join('rosa', 'Rosa', 'Phone')
    await settled()
    const held = (one: Kith) => [one.rows('listings').size, one.rows('members').size, one.status.lastSync]
    expect(held(kith)).toEqual([2, 0, null])
    kith.close()
    world.online = false
    expect(held(await openKith(world, name))).toEqual([2, 0, null])
  })

  test('fetches the next page while this one is staged, each once', async () => {
    const world = townWorld()
    for (let i = 0; i < 7; i++) world.server.put('listings', `more${i}`, {}, ['public'])
    world.limit = 2
    const paths: string[] = []
    let staged = 0
    const original = IDBObjectStore.prototype.put
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: any, ...args: any[]) {
      if (this.name === 'segments') paths.push(`stage ${++staged}`)
      return original.apply(this, args as any)
    })
    world.answer = ({ path }) => (paths.push(path), undefined)
    const kith = await openKith(world)
    put.mockRestore()
    expect(kith.rows('listings').size).toBe(8)
    expect(world.seen.length).toBe(4)
    expect(paths.indexOf('stage 1')).toBeGreaterThan(1)
    expect(new Set(world.seen.map(({ path }) => path)).size).toBe(4)
  })

  test('a page larger than a segment is kept in parts, and read back whole', async () => {
    const world = townWorld()
    for (const id of ['long1', 'long2']) world.server.put('listings', id, { description: 'tea ’ '.repeat(90_000) }, ['public'])
    const name = `loop ${++count}`
    const first = await Kith.open({ name, env: world, meeting: new TestMeeting().join() })
    await settled()
    const rows = [...first.rows('listings').values()]
    first.close()
    const second = await Kith.open({ name, env: world, meeting: new TestMeeting().join(), sync: false })
    open.push(second)
    expect(rows.length).toBe(3)
    expect([...second.rows('listings').values()]).toEqual(rows)
  })

  test('pages of an account come each once too', async () => {
    const world = townWorld()
    const kith = await joined(world)
    for (let i = 0; i < 7; i++) world.server.put('listings', `more${i}`, {}, ['public'])
    world.limit = 2
    const before = world.count('/api/sync')
    await kith.syncNow()
    expect(kith.rows('listings').size).toBe(8)
    expect(world.count('/api/sync') - before).toBe(4)
  })

  test('begins again when the server does not know the chunk any more', async () => {
    const world = townWorld()
    const kith = await openKith(world)
    world.answer = ({ path }) => (path.endsWith('/-/0/0') ? undefined : refusal(404, 'not_found'))
    world.server.put('listings', 'lunch', { title: 'Lunch' }, ['public'])
    await kith.syncNow()
    expect(kith.rows('listings').get('lunch')!.title).toBe('Lunch')
  })
})

describe('with an account', () => {
  test('holds one live connection while it is looked at, and makes no other request', async () => {
    const world = townWorld()
    const kith = await joined(world)
    expect(world.lives.length).toBe(1)
    const before = world.seen.length
    for (let i = 0; i < 12; i++) {
      world.lives[0]!.push('')
      await world.advance(25_000)
    }
    expect(world.seen.length).toBe(before)
    world.server.put('listings', 'lunch', { title: 'Lunch at noon' }, ['public'])
    for (const line of world.server.frame('rosa', world.lives[0]!.body.cursor)!) world.lives[0]!.push(line)
    await settled()
    expect(kith.rows('listings').get('lunch')!.title).toBe('Lunch at noon')
    expect(world.seen.length).toBe(before)
  })

  test('an outcome counts also when a frame was faster than its answer', async () => {
    const world = townWorld()
    const kith = await joined(world)
    let deliver!: () => void
    const held = new Promise<void>((resolve) => (deliver = resolve))
    world.answer = async ({ path, body }) => {
      const answer = new Response(world.server.sync('rosa', body))
      await held
      return path === '/api/sync' ? answer : Response.error()
    }
    const before = world.count('/api/sync')
    await kith.send('visits.come', { id: 'visit1', listing: 'lunch', occurrence: 'x', welcome: 'none' })
    await settled()
    for (const line of world.server.frame('rosa', world.lives[0]!.body.cursor)!) world.lives[0]!.push(line)
    await settled()
    expect(kith.outbox()).toMatchObject([{ state: 'sending' }])
    deliver()
    await settled()
    expect(kith.outbox()).toEqual([])
    expect(world.count('/api/sync')).toBe(before + 1)
  })

  test('hangs up when nobody looks, and comes back by the live connection alone', async () => {
    const world = townWorld()
    const kith = await joined(world)
    world.look(false)
    await settled()
    expect(world.lives[0]!.ended).toBe(true)
    world.server.put('listings', 'lunch', { title: 'Lunch at noon' }, ['public'])
    const before = world.count('/api/sync')
    world.look(true)
    await settled()
    expect(world.lives.length).toBe(2)
    expect(world.count('/api/sync')).toBe(before)
    expect(kith.rows('listings').get('lunch')!.title).toBe('Lunch at noon')
  })

  test('takes a connection that is silent for a minute as dead', async () => {
    const world = townWorld()
    await joined(world)
    world.lives[0]!.push('')
    await world.advance(59_000)
    expect(world.lives[0]!.ended).toBe(false)
    await world.advance(2_000)
    expect(world.lives[0]!.ended).toBe(true)
    await world.advance(3_000)
    expect(world.lives.length).toBe(2)
  })

  test('a poke is followed by a pull, after the time that it names', async () => {
    const world = townWorld()
    const kith = await joined(world)
    const before = world.count('/api/sync')
    world.server.grant('rosa', ['public', 'member/rosa', 'activators'])
    world.server.put('listings', 'draft', { status: 'draft' }, ['activators'])
    world.lives[0]!.push({ poke: { afterMs: 350 } })
    await world.advance(349)
    expect(world.count('/api/sync')).toBe(before)
    await world.advance(2)
    expect(world.count('/api/sync')).toBe(before + 1)
    expect(kith.rows('listings').has('draft')).toBe(true)
    expect(world.lives.length).toBe(2)
  })

  test('a bye is obeyed: no connection before its time, whatever the person does', async () => {
    const world = townWorld()
    await joined(world)
    world.lives[0]!.push({ bye: { afterMs: 12_000 } })
    await settled()
    world.look(false)
    world.look(true)
    await world.advance(11_900)
    expect(world.lives.length).toBe(1)
    await world.advance(200)
    expect(world.lives.length).toBe(2)
  })
})

describe('when the server says no', () => {
  test('waits as long as it says, also when the person taps', async () => {
    const world = townWorld()
    const kith = await joined(world)
    world.answer = ({ path }) => (path === '/api/sync' ? refusal(503, 'busy', { retryAfterMs: 9_000 }) : undefined)
    const before = world.count('/api/sync')
    await kith.send('people.rename', { firstName: 'Rosie' })
    await settled()
    expect(world.count('/api/sync')).toBe(before + 1)
    void kith.syncNow()
    await kith.send('people.rename', { firstName: 'Rosa' })
    await world.advance(8_900)
    expect(world.count('/api/sync')).toBe(before + 1)
    world.answer = null
    await world.advance(200)
    expect(world.count('/api/sync')).toBe(before + 2)
  })

  test('backs off with full jitter, up to five minutes, and tells that it is offline', async () => {
    const world = townWorld()
    const kith = await joined(world)
    world.look(false)
    world.online = false
    world.randomness = 0.999
    const before = world.seen.length
    await kith.send('people.rename', { firstName: 'Rosie' })
    await settled()
    expect(kith.status).toMatchObject({ online: false, pending: 1 })
    await world.advance(60 * MINUTE)
    const attempts = world.seen.length - before
    expect(attempts).toBeGreaterThan(15)
    expect(attempts).toBeLessThan(25)
    world.online = true
    world.look(true)
    await settled()
    expect(kith.status).toMatchObject({ online: true, pending: 0 })
  })

  test('asks for smaller pages where large ones do not get through, and for larger ones again when they do', async () => {
    const world = townWorld()
    const kith = await joined(world)
    world.look(false)
    world.answer = ({ body }) => {
      if (body?.maxBytes > 20_000) throw new TypeError('Failed to fetch')
      return undefined
    }
    for (let i = 0; i < 6; i++) world.server.put('listings', `more${i}`, {}, ['public'])
    world.limit = 2
    const before = world.seen.length
    void kith.syncNow()
    await world.advance(60 * MINUTE)
    world.answer = null
    await kith.syncNow()
    const sizes = world.seen.slice(before).map(({ body }) => body.maxBytes / 1024)
    expect(sizes.slice(0, 4)).toEqual([1024, 256, 64, 16])
    expect(Math.max(...sizes.slice(4))).toBeGreaterThan(16)
    expect(kith.rows('listings').size).toBe(7)
  })

  test('a retry holds back commands, and reads go on', async () => {
    const world = townWorld()
    const kith = await joined(world)
    await kith.send('fail', {})
    await settled()
    world.server.put('listings', 'lunch', { title: 'Lunch at noon' }, ['public'])
    void kith.syncNow()
    await settled()
    const last = world.seen.filter(({ path }) => path === '/api/sync').at(-1)!
    expect(last.body).toMatchObject({ commands: [], pending: 1 })
    expect(kith.rows('listings').get('lunch')!.title).toBe('Lunch at noon')
    await world.advance(6)
    await world.advance(6)
    expect(kith.outbox()).toMatchObject([{ name: 'fail', state: 'quarantined' }])
  })

  test('a token that is refused is renewed, and the request made again', async () => {
    const world = townWorld()
    const kith = await joined(world)
    world.tokens.clear()
    await kith.send('people.rename', { firstName: 'Rosie' })
    await settled()
    expect(world.count('/api/session')).toBe(1)
    expect(kith.status).toMatchObject({ pending: 0, fault: null })
  })

  test('signal that has come back is used within seconds, also where an attempt was failing just then, or the first one fails', async () => {
    const world = townWorld()
    const kith = await joined(world)
    world.lives[0]!.end()
    world.online = false
    // After so many attempts that failed the next would be minutes away.
    for (let i = 0; i < 12; i++) {
      await kith.send('people.rename', { firstName: `Rosa ${i}` })
      await settled()
    }
    let fail = (_: Error) => {}
    world.online = true
    world.answer = () => new Promise<Response>((_, no) => (fail = no))
    world.look(true)
    await settled()
    world.look(true) // as the event "online" does it
    world.answer = null
    fail(new TypeError('Failed to fetch'))
    await world.advance(2_000)
    expect(kith.status.pending).toBe(0)

    world.online = false
    for (let i = 0; i < 12; i++) {
      await kith.send('people.rename', { firstName: `Rosie ${i}` })
      await settled()
    }
    world.look(true)
    await settled() // the first attempt after it
    world.online = true
    await world.advance(2_000)
    expect(kith.status.pending).toBe(0)
  })

  test('a token is renewed a day before it ends, and an old one serves while there is no signal', async () => {
    const world = townWorld()
    const kith = await joined(world)
    world.look(false)
    world.jump(28 * 24 * 60 * MINUTE)
    await kith.send('people.rename', { firstName: 'Rosie' })
    await settled()
    expect(world.count('/api/session')).toBe(0)
    world.jump(25 * 60 * MINUTE)
    world.answer = ({ path }) => (path === '/api/session' ? refusal(503, 'busy') : undefined)
    await kith.send('people.rename', { firstName: 'Rosa' })
    await world.advance(1)
    expect(world.count('/api/session')).toBe(1)
    world.answer = null
    world.look(true)
    await settled()
    expect(kith.status.pending).toBe(0)
  })

  test('a device that the server does not know keeps everything, stops asking, and goes on after joining', async () => {
    const world = townWorld()
    const kith = await joined(world)
    world.answer = ({ path }) => (path === '/api/join' ? undefined : refusal(401, 'device_unknown'))
    await kith.send('visits.come', { id: 'visit1', listing: 'lunch', occurrence: 'x', welcome: 'none' })
    await settled()
    expect(kith.status.fault).toBe('device_unknown')
    expect(kith.rows('listings').size).toBe(1)
    expect(kith.outbox().length).toBe(1)
    const before = world.seen.length
    world.look(false)
    world.look(true)
    await world.advance(60 * MINUTE)
    expect(world.seen.length).toBe(before)
    world.answer = null
    await kith.join('rosa', 'Rosa', 'Phone')
    await settled()
    expect(kith.status).toMatchObject({ fault: null, pending: 0 })
    expect(kith.outbox()).toEqual([])
  })

  test('a device that is not even given a new token forgets what is private, and keeps what was written', async () => {
    const world = townWorld()
    const kith = await joined(world)
    expect(kith.rows('members').size).toBe(1)
    const gone: Record<string, Response> = { '/api/sync': refusal(401, 'token_missing'), '/api/session': refusal(401, 'device_unknown') }
    world.answer = ({ path }) => gone[path]?.clone()
    await kith.send('visits.come', { id: 'visit1', listing: 'lunch', occurrence: 'x', welcome: 'none' })
    await settled()
    expect([kith.status.fault, kith.rows('members').size, kith.rows('listings').size, kith.outbox().length]).toEqual(['device_unknown', 0, 1, 1])
  })

  test('what one member wrote is never sent in the name of the next', async () => {
    const world = townWorld()
    const kith = await joined(world)
    world.answer = ({ path }) => (path === '/api/join' ? undefined : refusal(401, 'device_unknown'))
    const entry = await kith.send('visits.come', { id: 'visit1', listing: 'lunch', occurrence: 'x', welcome: 'none' })
    await settled()
    world.answer = null
    await kith.join('sam', 'Sam', 'Phone')
    await settled()
    expect(kith.outbox()).toMatchObject([{ nonce: entry.nonce, state: 'rejected', code: 'member_changed' }])
    expect(world.server.state.effects.has(entry.nonce)).toBe(false)
  })

  test('an answer that moves nothing is not asked for without end', async () => {
    const world = townWorld()
    const kith = await joined(world)
    world.look(false)
    world.answer = ({ path }) => (path === '/api/sync' ? new Response('{"head":{}}\n') : undefined)
    const before = world.count('/api/sync')
    await kith.send('people.rename', { firstName: 'Rosie' })
    await settled()
    expect(world.count('/api/sync') - before).toBeLessThanOrEqual(3)
  })

  test('an app that is too old for the rows says so, and still sends', async () => {
    const world = townWorld()
    const kith = await joined(world)
    const serve = (body: any) => world.server.sync('rosa', body).replace('"schema":[1,1]', '"schema":[2,3]')
    world.answer = ({ path, body }) => (path === '/api/sync' ? new Response(serve(body)) : undefined)
    await kith.send('people.rename', { firstName: 'Rosie' })
    await settled()
    expect(kith.status).toMatchObject({ fault: 'app_old', pending: 0 })
  })
})

describe('a phone without room', () => {
  afterEach(() => void vi.restoreAllMocks())

  /** Nothing is written from now on. */
  const fill = () =>
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('no room', 'QuotaExceededError')
    })

  /** A joined phone that is full when it hears that lunch is at noon. */
  async function full() {
    const world = townWorld()
    const kith = await joined(world)
    const disk = fill()
    world.server.put('listings', 'lunch', { title: 'Lunch at noon' }, ['public'])
    for (const line of world.server.frame('rosa', world.lives[0]!.body.cursor)!) world.lives[0]!.push(line)
    await settled()
    expect(kith.status.storage).toBe('full')
    expect(kith.rows('listings').get('lunch')!.title).toBe('Lunch club')
    return { world, kith, disk }
  }

  test('says so when rows come, and tries again every five minutes', async () => {
    const { world, kith, disk } = await full()
    const before = disk.mock.calls.length
    await world.advance(4 * MINUTE)
    expect(disk.mock.calls.length).toBe(before)
    await world.advance(2 * MINUTE)
    expect(disk.mock.calls.length).toBeGreaterThan(before)
    expect(kith.status.storage).toBe('full')
    disk.mockRestore()
    await world.advance(5 * MINUTE)
    expect(kith.status.storage).toBe('ok')
    expect(kith.rows('listings').get('lunch')!.title).toBe('Lunch at noon')
  })

  test('tries at once when somebody comes back to it', async () => {
    const { world, kith, disk } = await full()
    world.look(false)
    disk.mockRestore()
    world.look(true)
    await settled()
    expect(kith.status.storage).toBe('ok')
    expect(kith.rows('listings').get('lunch')!.title).toBe('Lunch at noon')
  })

  test('is not kept busy by what tries again with each change, as a till does', async () => {
    const world = townWorld()
    const kith = await joined(world)
    const put = IDBObjectStore.prototype.put
    // Little things still find room, so that the loop asks, and what it tells is a change.
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, value, key) {
      if (this.name === 'outbox') throw new DOMException('no room', 'QuotaExceededError')
      return put.call(this, value, key)
    })
    let tries = 0
    const save = async () => {
      if (tries++ < 500) await kith.send('put', { v: 1 }).catch(() => undefined)
    }
    kith.subscribe((changed) => changed.has('@status') && void save())
    await save()
    for (let i = 0; i < 30; i++) await settled()
    expect(tries).toBeLessThan(10)
  })

  test('does not say so for ever where only what was tapped found no room', async () => {
    const world = townWorld()
    const kith = await joined(world)
    const disk = fill()
    await expect(kith.send('put', { v: 1 })).rejects.toMatchObject({ code: 'storage_full' })
    expect(kith.status.storage).toBe('full')
    disk.mockRestore()
    world.look(false)
    world.look(true)
    expect(kith.status.storage).toBe('ok')
  })
})

describe('what is done with no signal', () => {
  const come = (id: string) => ({ id, listing: 'lunch', occurrence: 'x', welcome: 'none' })
  const states = (kith: Kith) => kith.outbox().map(({ state }) => state)
  const pushed = (world: TestWorld) => world.seen.flatMap(({ body }) => body?.commands ?? []).length

  test('never left while the server is out of reach, and can be taken back; the rest goes once it is reached', async () => {
    const world = townWorld()
    const kith = await joined(world)
    world.online = false
    await kith.syncNow()
    const first = await kith.send('visits.come', come('visit1'))
    await kith.send('visits.come', come('visit2'))
    await world.advance(20 * MINUTE)
    expect([states(kith), pushed(world)]).toEqual([['waiting', 'waiting'], 0])
    expect(await kith.withdraw(first.nonce)).toBe(true)
    world.online = true
    world.look(true)
    await world.advance(MINUTE)
    expect([kith.outbox(), [...kith.rows('visits').keys()]]).toEqual([[], ['visit2']])
  })

  test('may have arrived where the signal went with it on its way', async () => {
    const world = townWorld()
    const kith = await joined(world)
    world.online = false
    const gone = await kith.send('visits.come', come('visit1'))
    await settled()
    const later = await kith.send('visits.come', come('visit2'))
    await world.advance(20 * MINUTE)
    expect(states(kith)).toEqual(['sending', 'waiting'])
    expect(await kith.withdraw(gone.nonce)).toBe(false)
    expect(await kith.withdraw(later.nonce)).toBe(true)
  })

  test('never left where the browser knows that there is no signal', async () => {
    const world = townWorld()
    const kith = await joined(world)
    world.online = false
    world.saysOffline = true
    const entry = await kith.send('people.rename', { firstName: 'Rosie' })
    await settled()
    expect(states(kith)).toEqual(['waiting'])
    expect(await kith.withdraw(entry.nonce)).toBe(true)
  })

  test('goes all the same where the browser is wrong', async () => {
    const world = townWorld()
    const kith = await joined(world)
    world.saysOffline = true
    await kith.send('people.rename', { firstName: 'Rosie' })
    await settled()
    expect([kith.outbox(), kith.status.online]).toEqual([[], true])
  })
})

describe('tabs', () => {
  test('one of them talks, and every one shows the same', async () => {
    const world = townWorld()
    const meeting = new TestMeeting()
    const one = await openKith(world, 'tabs', meeting)
    const two = await openKith(world, 'tabs', meeting)
    expect(world.seen.length).toBe(1)
    await one.join('rosa', 'Rosa', 'Phone')
    await settled()
    expect(two.me).toEqual(one.me)
    expect(two.status).toEqual(one.status)
    const entry = await two.send('visits.come', { id: 'visit1', listing: 'lunch', occurrence: 'x', welcome: 'none' })
    await settled()
    expect(world.server.state.effects.get(entry.nonce)).toBe(1)
    expect([...one.rows('visits').keys()]).toEqual(['visit1'])
    expect([...two.rows('visits').keys()]).toEqual(['visit1'])
    expect(two.outbox()).toEqual([])
    expect(world.lives.filter((live) => !live.ended).length).toBe(1)
  })

  test('when the one that talks is closed, another does', async () => {
    const world = townWorld()
    const meeting = new TestMeeting()
    const one = await openKith(world, 'heirs', meeting)
    const two = await openKith(world, 'heirs', meeting)
    await one.join('rosa', 'Rosa', 'Phone')
    await settled()
    one.close()
    await settled()
    const entry = await two.send('people.rename', { firstName: 'Rosie' })
    await settled()
    expect(world.server.state.effects.get(entry.nonce)).toBe(1)
  })

  test('one that sleeps with the lock in its hand loses it to one that is looked at', async () => {
    const world = townWorld()
    const meeting = new TestMeeting()
    const frozen = await Kith.open({ name: 'frozen', env: world, meeting: meeting.freezable() })
    open.push(frozen)
    await settled()
    await frozen.join('rosa', 'Rosa', 'Phone')
    meeting.freeze()
    const awake = await openKith(world, 'frozen', meeting)
    await world.advance(6_000)
    const entry = await awake.send('people.rename', { firstName: 'Rosie' })
    await settled()
    expect(world.server.state.effects.get(entry.nonce)).toBe(1)
    expect(awake.outbox()).toEqual([])
  })
})
