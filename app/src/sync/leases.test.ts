/**
 * What may be held about others ends on time, whatever is done to the clock.
 */
import 'fake-indexeddb/auto'
import { describe, expect, test } from 'vitest'
import { Leases } from './leases'
import { newNonce } from './ids'
import { Replica } from './replica'
import { openStore, type Store } from './store'

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
