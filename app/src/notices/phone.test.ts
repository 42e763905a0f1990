/** Whether a phone is told: every standing by what makes it, and what keeps the way to it true. */
import { describe, expect, test, vi } from 'vitest'
import type { Entry, Row } from '../sync'
import { needOf } from './keeping'
import { standingOf, type Facts } from './phone'
import { configOf, needsHomeScreen } from './push'

const CONFIG = { apiKey: 'a', appId: 'b', projectId: 'c', messagingSenderId: 'd', vapidKey: 'e' }
const ME = { member: 'rosa', device: 'phone1', firstName: 'Rosa', roles: ['resident'] }
const FACT = { member: 'rosa', endpoint: 'https://push.example/1', key: 'e' }
const rows = (...all: Row[]) => new Map(all.map((row) => [row.id, row]))
const sent = (name: string, state: string, message = '') => ({ nonce: 'n', name, state, message, args: {} }) as unknown as Entry

const ON: Facts = {
  config: CONFIG, me: ME, devices: rows({ id: 'phone1', shop: '' }), registrations: rows({ id: 'phone1', day: '2026-06-01' }), outbox: [], fact: FACT,
  turn: false, can: true, home: false, permission: 'granted',
}

describe('this phone', () => {
  test.each<[string, Partial<Facts>]>([
    ['on', {}],
    ['off', { fact: undefined }],
    ['off', { me: null }],
    ['off', { permission: 'default' }],
    ['off', { fact: { ...FACT, member: 'somebody who had this phone before' } }],
    ['none', { config: null }],
    ['shared', { turn: true }],
    ['shared', { devices: rows({ id: 'phone1', shop: 'cafe' }) }],
    ['shared', { turn: true, config: null }],
    ['home', { home: true, can: false }],
    ['cannot', { can: false, permission: 'default' }],
    ['refused', { permission: 'denied' }],
    ['refused', { permission: 'denied', fact: undefined }],
    ['unsent', { outbox: [sent('registrations.put', 'waiting')] }],
    ['unsent', { registrations: rows({ id: 'my other phone', day: '2026-06-01' }) }],
    ['away', { outbox: [sent('registrations.put', 'rejected')], registrations: rows() }],
  ])('is %s where %j', (standing, facts) => {
    expect(standingOf({ ...ON, ...facts })).toBe(standing)
  })
})

describe('the way to this phone', () => {
  const now = Date.parse('2026-06-20T12:00:00Z')
  const good = { fact: FACT, config: CONFIG, endpoint: FACT.endpoint, day: '2026-06-01', now }
  test.each([
    ['is left as it is while all of it is true', {}, null],
    ['is made anew where the browser has changed it', { endpoint: 'https://push.example/2' }, 'fresh'],
    ['is made anew where the browser has dropped it', { endpoint: '' }, 'fresh'],
    ['is made anew where the community has another key', { config: { ...CONFIG, vapidKey: 'f' } }, 'fresh'],
    ['is made anew where the server was told that it leads nowhere', { day: undefined }, 'fresh'],
    ['is told again each month', { day: '2026-05-20' }, 'again'],
  ])('%s', (_, change, need) => {
    expect(needOf({ ...good, ...change })).toBe(need)
  })
})

test('a community has push only with all that a browser must know', () => {
  expect(configOf({ id: 'c', push: CONFIG })).toEqual(CONFIG)
  for (const push of [null, undefined, '', {}, { ...CONFIG, vapidKey: '' }, { ...CONFIG, appId: 7 }]) expect(configOf({ id: 'c', push })).toBeNull()
  expect(configOf(undefined)).toBeNull()
})

test.each([
  ['an iPhone', 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)', 5, false, true],
  ['an iPad that says it is a Mac', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)', 5, false, true],
  ['an iPhone with Kith on its home screen', 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)', 5, true, false],
  ['a Mac', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)', 0, false, false],
  ['an Android phone', 'Mozilla/5.0 (Linux; Android 16)', 5, false, false],
])('%s', (_, agent, touches, standalone, needs) => {
  vi.stubGlobal('matchMedia', () => ({ matches: standalone }))
  expect(needsHomeScreen(agent, touches)).toBe(needs)
  vi.unstubAllGlobals()
})
