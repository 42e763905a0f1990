/**
 * What may be held about others ends on time, whatever is done to the clock.
 */
import 'fake-indexeddb/auto'
import { IDBObjectStore } from 'fake-indexeddb'
import { describe, expect, test, vi } from 'vitest'
import { Ahead } from './ahead'
import { Leases } from './leases'
import { LiveReader } from './live'
import { newNonce } from './ids'
import { Replica } from './replica'
import { openStore, STORES, type Store } from './store'

const DAY = 86_400_000

class Phone {
  wall = Date.UTC(2026, 5, 1)
  mono = 0
  pass(ms: number) {
    this.wall += ms
    this.mono += ms
  }
  now = () => this.wall
  monotonic = () => this.mono
}

const replicaOn = (store: Store, phone: Phone) =>
  new Replica(store, { app: 't', now: phone.now, monotonic: phone.monotonic, changed: () => undefined, wrote: () => undefined })

const row = (aud: string, id: string, seq: number) => JSON.stringify({ row: [aud, 'visits', id, seq, { id }] })
const ANSWER = [
  JSON.stringify({ head: { protocol: 1, epoch: 'e', seq: 9, now: '2026-06-01T00:00:00.000Z', schema: [1, 1] } }),
  row('host/club', 'theirs', 5), row('host/club', 'both', 6), row('member/me', 'both', 6), row('public', 'all', 7),
  JSON.stringify({ end: { cursor: 'c', done: true, leases: { 'host/club': 3 * 86_400 } } }),
].join('\n')

async function holding(phone: Phone) {
  const store = await openStore(`leases ${newNonce()}`)
  const replica = replicaOn(store, phone)
  await replica.open()
  await replica.take(await replica.ask({ commands: 9, maxBytes: 1 << 20 }), ANSWER)
  expect(replica.base.get('visits', 'theirs')).toBeDefined()
  return { store, replica }
}

const onDisk = (store: Store) => store.read(['segments'], async (txn) => JSON.stringify(await txn.all('segments')))

describe('a lease', () => {
  test('that is over takes its rows from the screen and the disk, and the next request starts over', async () => {
    const phone = new Phone()
    const { store, replica } = await holding(phone)
    phone.pass(3 * DAY - 1)
    expect(await replica.endLeases()).toBe(false)
    phone.pass(1)
    expect(await replica.endLeases()).toBe(true)
    expect(replica.base.get('visits', 'theirs')).toBeUndefined()
    expect(replica.base.get('visits', 'both')?.auds).toEqual(['member/me'])
    expect(replica.base.get('visits', 'all')).toBeDefined()
    expect(await onDisk(store)).not.toContain('theirs')
    expect((await replica.ask({ commands: 9, maxBytes: 1 << 20 })).cursor).toBe('')
  })

  test('that ended while the app was closed shows nothing at the start', async () => {
    const phone = new Phone()
    const { store } = await holding(phone)
    phone.pass(4 * DAY)
    const again = replicaOn(store, phone)
    await again.open()
    expect(again.base.get('visits', 'theirs')).toBeUndefined()
    expect(await onDisk(store)).not.toContain('theirs')
  })

  test('runs, and ends, on a disk on which nothing more can be written', async () => {
    const phone = new Phone()
    const { store } = await holding(phone)
    const full = new DOMException('no room', 'QuotaExceededError')
    const disk = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw full
    })
    try {
      const again = replicaOn(store, phone)
      await again.open()
      expect(again.base.get('visits', 'theirs')).toBeDefined()
      phone.pass(4 * DAY)
      const late = replicaOn(store, phone)
      await late.open()
      expect(late.base.get('visits', 'theirs')).toBeUndefined()
      expect(late.base.get('visits', 'all')).toBeDefined()
    } finally {
      disk.mockRestore()
    }
  })

  test('is over when the clock went back while the app was closed', async () => {
    const phone = new Phone()
    const { store } = await holding(phone)
    phone.wall -= 2 * DAY
    const again = replicaOn(store, phone)
    await again.open()
    expect(again.base.get('visits', 'theirs')).toBeUndefined()
  })

  test.each([-2 * DAY, 2 * DAY])('never lasts longer for a clock that is set by %d ms while the app runs', async (jump) => {
    const phone = new Phone()
    const { replica } = await holding(phone)
    phone.pass(DAY)
    await replica.endLeases()
    phone.wall += jump
    phone.pass(2 * DAY)
    expect(await replica.endLeases()).toBe(true)
    expect(replica.base.get('visits', 'theirs')).toBeUndefined()
  })

  test('counts from the asking, not from a late answer', async () => {
    const phone = new Phone()
    const { replica } = await holding(phone)
    const ask = await replica.ask({ commands: 9, maxBytes: 1 << 20 })
    phone.pass(2 * DAY)
    await replica.take(ask, ANSWER)
    expect(replica.leases.nextMs()).toBe(DAY)
  })

  test('survives a page that was opened again a moment later', () => {
    const phone = new Phone()
    const leases = new Leases(phone)
    leases.grant(leases.now(), { a: 60 })
    const again = new Leases(phone)
    again.load(leases.mark())
    expect(again.over()).toEqual([])
    phone.pass(60_000)
    expect(again.over()).toEqual(['a'])
  })
})

test('a device that is unknown keeps its outbox and everybody’s rows, and nothing else', async () => {
  const { store, replica } = await holding(new Phone())
  await replica.append({ nonce: newNonce(), name: 'visits.come', args: {}, member: 'me' })
  await replica.forgetPrivate()
  expect([...replica.base.sums().keys()]).toEqual(['public'])
  expect(replica.entries.size).toBe(1)
  expect(await onDisk(store)).not.toMatch(/theirs|both/)
})

const HOUR = 3_600_000
const ADDRESS = ['address/turn', 'addresses', 'turn', 8, { id: 'turn', address: '4 Canary Row', door: 'C4NARY' }]
const answer = (lines: object[], leases?: object, seq = 9) => [
  JSON.stringify({ head: { protocol: 1, epoch: 'e', seq, now: '2026-06-01T00:00:00.000Z', schema: [1, 1] } }),
  ...lines.map((line) => JSON.stringify(line)), JSON.stringify({ end: { cursor: `c${seq}`, done: true, leases } }),
].join('\n')
const GIVEN = answer([{ row: ADDRESS }, { row: ['public', 'listings', 'all', 7, { id: 'all' }] }], { 'address/turn': 3600 })

/** A phone that was given an address for an hour. */
async function given(text = GIVEN) {
  const phone = new Phone()
  const store = await openStore(`address ${newNonce()}`)
  const replica = replicaOn(store, phone)
  await replica.open()
  await replica.take(await replica.ask({ commands: 9, maxBytes: 1 << 20 }), text)
  return { phone, store, replica }
}

const everything = (store: Store) => store.read([...STORES], async (txn) => JSON.stringify(await Promise.all(STORES.map((name) => txn.all(name)))))
const holdsNothing = async (store: Store, replica: Replica) => {
  expect(replica.base.get('addresses', 'turn')).toBeUndefined()
  expect(JSON.stringify([...replica.shown.live()])).not.toMatch(/canary/i)
  expect(await everything(store)).not.toMatch(/canary/i)
  expect(replica.base.get('listings', 'all')).toBeDefined()
}

describe('an address', () => {
  test('is there offline until its moment, and after it in no store and on no screen', async () => {
    const { phone, store, replica } = await given()
    phone.pass(HOUR - 1)
    await replica.endLeases()
    expect(replica.base.get('addresses', 'turn')).toBeDefined()
    phone.pass(1)
    await replica.endLeases()
    await holdsNothing(store, replica)
  })

  test.each([
    ['over the end', HOUR, 0], ['and its clock set on', 0, HOUR], ['over the end and its clock set on', HOUR, DAY],
    ['and its clock set back', 60_000, -120_000], ['for long and its clock set back by longer', DAY, -DAY - 1],
  ])('is gone from a phone that was closed %s', async (_, closed, jump) => {
    const { phone, store } = await given()
    phone.pass(closed)
    phone.wall += jump
    const again = replicaOn(store, phone)
    await again.open()
    await holdsNothing(store, again)
  })

  test.each([-30 * DAY, -HOUR, HOUR])('goes in time from a phone whose clock is set by %d ms while it runs', async (jump) => {
    const { phone, store, replica } = await given()
    phone.pass(HOUR / 2)
    phone.wall += jump
    phone.pass(HOUR / 2)
    await replica.endLeases()
    await holdsNothing(store, replica)
  })

  test('is held no longer for a line of the live connection that came late, or says nothing of it', async () => {
    const { phone, store, replica } = await given()
    const frozen = new LiveReader(replica)
    await frozen.line(JSON.stringify({ head: { protocol: 1, epoch: 'e', seq: 9, now: '2026-06-01T00:00:00.000Z', schema: [1, 1] } }))
    phone.pass(HOUR / 2)
    await frozen.line(JSON.stringify({ leases: { 'address/turn': 3600 } }))
    expect(replica.leases.nextMs()).toBe(HOUR / 2)
    await frozen.line(JSON.stringify({ leases: { 'address/turn': 3600 } }))
    await new LiveReader(replica).line(JSON.stringify({ leases: { 'helped/ann': 999_999 } }))
    expect(replica.leases.nextMs()).toBe(HOUR / 2)
    phone.pass(HOUR / 2)
    await replica.endLeases()
    await holdsNothing(store, replica)
  })

  test('of which nobody says until when is held not at all', async () => {
    const { store, replica } = await given(answer([{ row: ADDRESS }, { row: ['public', 'listings', 'all', 7, { id: 'all' }] }]))
    await replica.endLeases()
    await holdsNothing(store, replica)
  })

  test.each([{ drop: 'address/turn' }, { gone: ['address/turn', 'addresses', 'turn', 10] }])('that is taken back leaves the disk, too: %j', async (line) => {
    const { phone, store, replica } = await given()
    await replica.take(await replica.ask({ commands: 9, maxBytes: 1 << 20 }), answer([line], undefined, 11))
    expect(replica.worthCompacting()).toBe(true)
    // It was closed before there was time to.
    const again = replicaOn(store, phone)
    await again.open()
    await holdsNothing(store, again)
    expect(again.worthCompacting()).toBe(false)
    await replica.refresh()
    await replica.compact()
    await holdsNothing(store, replica)
  })

  test('on a page that was asked for ahead is held from that asking on', async () => {
    const asked = { kind: 'sync', path: '/api/sync', generation: 0, stream: 's', cursor: '', asked: 5 } as const
    const body = { protocol: 1, schema: 1, app: 't', stream: 's', ack: 0, pending: 0, commands: [], cursor: '', maxBytes: 9 } as const
    const page = `${JSON.stringify({ end: { cursor: 'next', done: false } })}\n`
    const ahead = new Ahead({ fetch: async () => new Response(GIVEN), origin: '', now: () => 0, sleep: () => new Promise(() => undefined) } as any)
    ahead.begin({ ...asked, body: { ...body, commands: [] } }, page, 'token')
    const later = { ...asked, body: { ...body, commands: [], cursor: 'next' }, asked: 900 }
    await ahead.reply(later, 'token')
    expect(later.asked).toBe(5)
  })
})
