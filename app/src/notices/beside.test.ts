import { afterEach, expect, it, vi } from 'vitest'
import type { Kith } from '../sync'
import { closeRead } from './beside'

afterEach(() => vi.unstubAllGlobals())

it('what was read goes from the phone’s own list; what is new, or isn’t here yet, stays', async () => {
  const shown = ['read', 'new', 'unknown'].map((n) => ({ data: { n }, close: vi.fn() }))
  vi.stubGlobal('navigator', { serviceWorker: { getRegistration: async () => ({ getNotifications: async () => [...shown, { data: null, close: vi.fn() }] }) } })
  const rows = new Map([['read', { id: 'read', read: true }], ['new', { id: 'new', read: false }]])
  await closeRead({ rows: () => rows } as unknown as Kith)
  expect(shown.map(({ close }) => close.mock.calls.length)).toEqual([1, 0, 0])
})

it('a browser without notifications, or without workers, is left alone', async () => {
  const kith = { rows: () => new Map() } as unknown as Kith
  for (const navigator of [{}, { serviceWorker: { getRegistration: async () => undefined } }, { serviceWorker: { getRegistration: async () => ({}) } }]) {
    vi.stubGlobal('navigator', navigator)
    await expect(closeRead(kith)).resolves.toBeUndefined()
  }
})
