/**
 * Asking Google for a way to reach this phone, with a browser and a Firebase that are made of promises; and its end, of
 * which nothing may stay.
 */
import 'fake-indexeddb/auto'
import { openDB } from 'idb'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { endHere, reset } from './ending'
import { LIMIT_MS, subscribe, type Registered } from './push'

const CONFIG = { apiKey: 'a', appId: 'b', projectId: 'c', messagingSenderId: 'd', vapidKey: 'e' }
let registerHere: () => Promise<Registered>
vi.mock('./firebase', () => ({ registerHere: () => registerHere() }))

let subscribed: boolean
let closed: number
let deleted: string[]
let ready: Promise<object>

beforeEach(() => {
  subscribed = true
  closed = 0
  deleted = []
  registerHere = async () => ({ kind: 'fid', value: 'fid1' })
  const subscription = { endpoint: 'https://push.example/1', unsubscribe: async () => ((subscribed = false), true) }
  const registration = { pushManager: { getSubscription: async () => (subscribed ? subscription : null) }, getNotifications: async () => [{ close: () => closed++ }] }
  ready = Promise.resolve(registration)
  vi.stubGlobal('navigator', { onLine: true, serviceWorker: { get ready() { return ready }, getRegistration: async () => registration } })
  vi.stubGlobal('Notification', { permission: 'granted' })
  vi.stubGlobal('caches', { delete: async (name: string) => deleted.push(name) })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const fault = (asked: Promise<unknown>) => asked.then(() => 'none', ({ fault }) => fault)

describe('asking for a way to reach this phone', () => {
  test('answers it, with where the browser’s maker reaches it', async () => {
    expect(await subscribe(CONFIG, false)).toEqual({ kind: 'fid', value: 'fid1', endpoint: 'https://push.example/1' })
  })

  test('throws away what leads nowhere before', async () => {
    expect(await subscribe(CONFIG, true)).toMatchObject({ endpoint: '' })
    expect(subscribed).toBe(false)
  })

  test('is not begun with no signal', async () => {
    vi.stubGlobal('navigator', { onLine: false })
    expect(await fault(subscribe(CONFIG, false))).toBe('offline')
  })

  test.each([['Google does not answer', 'unreached'], ['the app is not kept yet', 'early']])('ends after a while where %s', async (_, why) => {
    vi.useFakeTimers()
    registerHere = () => new Promise(() => undefined)
    if (why === 'early') ready = new Promise(() => undefined)
    const asked = fault(subscribe(CONFIG, false))
    await vi.advanceTimersByTimeAsync(LIMIT_MS)
    expect(await asked).toBe(why)
  })

  test('that Google refuses is no more than that', async () => {
    registerHere = () => Promise.reject(Object.assign(new Error('no'), { code: 'messaging/token-subscribe-failed' }))
    expect(await fault(subscribe(CONFIG, false))).toBe('unreached')
  })

  test('that the person takes back meanwhile is told as theirs', async () => {
    registerHere = () => {
      vi.stubGlobal('Notification', { permission: 'denied' })
      return Promise.reject(new Error('no'))
    }
    expect(await fault(subscribe(CONFIG, false))).toBe('refused')
  })
})

describe('its end', () => {
  const NAME = 'firebase-messaging-database'
  const kept = async () => {
    const db = await openDB(NAME, 1, { upgrade: (made) => void made.createObjectStore('one') })
    await db.put('one', 'a token', 'app')
    return db
  }

  test('leaves nothing shown, nothing remembered, and no way here, also while Firebase holds its database open', async () => {
    const db = await kept()
    await endHere()
    expect([subscribed, closed, [...new Set(deleted)], await db.count('one')]).toEqual([false, 1, ['kith-told'], 0])
    db.close()
  })

  test('makes no database that wasn’t there: Firebase would find it without its parts', async () => {
    await reset()
    expect((await indexedDB.databases()).map(({ name }) => name)).not.toContain('firebase-installations-database')
  })

  test('is not waited for where the browser does not answer, or has no workers', async () => {
    vi.useFakeTimers()
    vi.stubGlobal('navigator', { serviceWorker: { getRegistration: () => new Promise(() => undefined) } })
    const ended = endHere()
    await vi.advanceTimersByTimeAsync(5_000)
    await ended
    vi.stubGlobal('navigator', {})
    await endHere()
  })
})
