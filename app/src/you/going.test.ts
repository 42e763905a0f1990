import { beforeEach, expect, test, vi } from 'vitest'

/** As much of the engine as going needs. */
const kith = {
  facts: new Map<string, any>(),
  entries: [] as { nonce: string; state: string }[],
  status: { fault: null as string | null },
  told: [] as ((changed: Set<string>) => void)[],
  local: { get: (key: string) => kith.facts.get(key), set: async (key: string, value: any) => void kith.facts.set(key, value) },
  outbox: () => kith.entries,
  subscribe: (fn: (changed: Set<string>) => void) => kith.told.push(fn),
  send: async () => (kith.entries.push({ nonce: 'n', state: 'waiting' }), { nonce: 'n' }),
  withdraw: async () => (kith.entries[0]?.state === 'waiting' ? (kith.change([]), true) : false),
  leave: vi.fn(async () => void kith.facts.clear()),
  change(entries: { nonce: string; state: string }[], fault: string | null = null) {
    kith.entries = entries
    kith.status = { fault }
    for (const fn of kith.told) fn(new Set(['@outbox', '@status']))
  },
}
const router = { go: vi.fn() }
vi.mock('../ui/app.svelte', () => ({ app: { kith } }))
vi.mock('../ui/router.svelte', () => ({ router }))

const later = () => new Promise((resolve) => setImmediate(resolve))

beforeEach(() => {
  vi.resetModules()
  vi.clearAllMocks()
  kith.facts.clear()
  kith.told = []
  kith.change([])
})

test('once the server knows them no more this phone forgets them, and says goodbye once', async () => {
  const { goAway } = await import('./going')
  await goAway('people.erase', {})
  kith.change([{ nonce: 'n', state: 'sending' }])
  kith.change([])
  await later()
  expect(kith.leave).not.toHaveBeenCalled() // not yet told
  kith.change([], 'device_unknown')
  kith.change([], 'device_unknown')
  await later()
  expect(kith.leave).toHaveBeenCalledTimes(1)
  expect(router.go).toHaveBeenCalledExactlyOnceWith('/you/goodbye')
})

test('who takes it back stays, also if their phone is shut out later: what they wrote is still on it', async () => {
  const { goAway, stay, LEAVING } = await import('./going')
  await goAway('people.leave', { why: 'left' })
  expect(await stay('n')).toBe(true)
  kith.change([{ nonce: 'other', state: 'waiting' }], 'device_unknown')
  await later()
  expect(kith.leave).not.toHaveBeenCalled()
  expect(kith.facts.get(LEAVING)).toBeNull()
})

test('what may have been sent can’t be taken back, and is waited for as before', async () => {
  const { goAway, stay } = await import('./going')
  await goAway('people.leave', { why: 'left' })
  kith.change([{ nonce: 'n', state: 'sending' }])
  expect(await stay('n')).toBe(false)
  kith.change([], 'device_unknown')
  await later()
  expect(kith.leave).toHaveBeenCalledTimes(1)
})

test('who is refused stays, and it is not waited for any more', async () => {
  const { goAway, LEAVING } = await import('./going')
  await goAway('people.leave', { why: 'left' })
  kith.change([{ nonce: 'n', state: 'rejected' }])
  await later()
  expect(kith.leave).not.toHaveBeenCalled()
  expect(kith.facts.get(LEAVING)).toBeNull()
})
