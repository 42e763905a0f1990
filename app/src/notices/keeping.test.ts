/** What is looked after beside the screens, by what the rows, the browser and the person say. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Kith } from '../sync'

const CONFIG = { apiKey: 'a', appId: 'b', projectId: 'c', messagingSenderId: 'd', vapidKey: 'e' }
const ENDPOINT = 'https://push.example/1'
const HOUR_MS = 3_600_000

const done: string[] = []
let went: string[]
vi.mock('./phone', async (original) => ({
  ...(await original<object>()),
  put: async (_kith: unknown, _config: unknown, fresh: boolean) => done.push(fresh ? 'fresh' : 'again'),
  endAll: async () => done.push('ended'),
  turnOff: async () => done.push('turned off'),
}))
vi.mock('../ui/router.svelte', () => ({ router: { go: (address: string) => went.push(address) } }))

class FakeKith {
  me: object | null = { member: 'rosa', device: 'phone1', firstName: 'Rosa', roles: ['resident'] }
  status = { online: true, lastSync: 1, syncing: false, fault: null as string | null, pending: 0 }
  fact: object | null = { member: 'rosa', endpoint: ENDPOINT, key: 'e' }
  day: string | undefined
  waiting: object[] = []
  synced = 0
  #told: ((changed: Set<string>) => void)[] = []
  readonly local = { get: () => this.fact }
  rows(collection: string) {
    if (collection === 'communities') return new Map([['c', { id: 'c', push: CONFIG }]])
    return new Map(this.day ? [['phone1', { id: 'phone1', day: this.day }]] : [])
  }
  outbox = () => this.waiting
  syncNow = async () => void this.synced++
  subscribe(fn: (changed: Set<string>) => void) {
    this.#told.push(fn)
  }
  async change(topic: string) {
    for (const fn of this.#told) fn(new Set([topic]))
    await vi.advanceTimersByTimeAsync(0)
  }
}

let kith: FakeKith
let subscribed: string
let hear: (event: object) => void

beforeEach(async () => {
  vi.useFakeTimers()
  vi.resetModules()
  done.length = 0
  went = []
  kith = new FakeKith()
  kith.day = new Date().toISOString().slice(0, 10)
  subscribed = ENDPOINT
  vi.stubGlobal('Notification', { permission: 'granted' })
  const registration = { pushManager: { getSubscription: async () => (subscribed ? { endpoint: subscribed } : null) } }
  vi.stubGlobal('navigator', { onLine: true, serviceWorker: { getRegistration: async () => registration, addEventListener: (_: string, fn: typeof hear) => (hear = fn) } })
  const { keep } = await import('./keeping')
  keep(kith as unknown as Kith)
  await vi.advanceTimersByTimeAsync(0)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('while all is true nothing is done', async () => {
  await kith.change('@status')
  expect(done).toEqual([])
})

test('what the server dropped is made anew, once, and not again within the hour', async () => {
  kith.day = undefined
  await kith.change('registrations')
  await kith.change('@status')
  expect(done).toEqual(['fresh'])
  await vi.advanceTimersByTimeAsync(HOUR_MS)
  await kith.change('@status')
  expect(done).toEqual(['fresh', 'fresh'])
})

test('what the browser changed is made anew', async () => {
  subscribed = ''
  hear({ data: 'poke', ports: [] })
  await vi.advanceTimersByTimeAsync(0)
  expect([done, kith.synced]).toEqual([['fresh'], 1])
})

test('what is a month old is told again', async () => {
  await vi.advanceTimersByTimeAsync(32 * 24 * HOUR_MS)
  await kith.change('@status')
  expect(done).toEqual(['again'])
})

test.each<[string, (kith: FakeKith) => void]>([
  ['there is no signal', ({ status }) => (status.online = false)],
  ['nothing was heard of the server yet', ({ status }) => Object.assign(status, { lastSync: null })],
  ['what the rows say is still being read', ({ status }) => (status.syncing = true)],
  ['the server doesn’t know this phone', ({ status }) => (status.fault = 'device_unknown')],
  ['something of it waits to be sent', ({ waiting }) => waiting.push({ name: 'registrations.put', state: 'waiting' })],
  ['the server said no', ({ waiting }) => waiting.push({ name: 'registrations.put', state: 'rejected' })],
])('nothing is made anew while %s', async (_, change) => {
  kith.day = undefined
  change(kith)
  await kith.change('@status')
  expect(done).toEqual([])
})

test('a phone that has changed hands is told nothing of the one before', async () => {
  kith.me = { ...kith.me, member: 'amir' }
  await kith.change('@me')
  expect(done).toEqual(['ended'])
})

test('a no that was said in the browser’s settings ends it at the server, too', async () => {
  vi.stubGlobal('Notification', { permission: 'denied' })
  await kith.change('@status')
  expect(done).toEqual(['turned off'])
})

test('a tap leads this page to notices, and nowhere else', () => {
  const answers: string[] = []
  const ports = [{ postMessage: (answer: string) => answers.push(answer) }]
  hear({ data: { open: '/notices/abc' }, ports })
  for (const open of ['https://other.example/', '//other.example', '/card', 7]) hear({ data: { open }, ports })
  hear({ data: null, ports })
  expect([went, answers]).toEqual([['/notices/abc'], ['going']])
})
