import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { loadQueue, saveQueue, takeJournal } from './disk'
import { JOURNAL_COMMANDS, JOURNAL_DAYS, type Saved } from './queue'
import { openStore, type Store } from './store'

const DAY_MS = 86_400_000
const command = (nonce: string): Saved => ({ nonce, number: 0, name: 'people.rename', v: 1, args: {}, at: '', offset: 0, seen: 0, member: 'rosa', sent: true, settled: true })

/** Puts down that these were confirmed, at this time of the server's. */
const confirm = (store: Store, told: number, nonces: string[]) =>
  store.write(['meta', 'outbox', 'journal'], async (txn) => {
    const queue = await loadQueue(txn)
    await saveQueue(txn, { ...queue, stream: { ...queue.stream, told }, confirmed: nonces.map(command) })
  })

const journal = (store: Store) => store.write(['journal'], async (txn) => (await takeJournal(txn)).map(({ nonce }) => nonce))

test('the journal keeps the last 500 that were confirmed, oldest first', async () => {
  const store = await openStore('many')
  const nonces = Array.from({ length: JOURNAL_COMMANDS + 30 }, (_, i) => `n${i}`)
  for (let i = 0; i < nonces.length; i += 265) await confirm(store, DAY_MS, nonces.slice(i, i + 265))
  expect(JOURNAL_COMMANDS).toBe(500)
  expect(await journal(store)).toEqual(nonces.slice(-500))
  expect(await journal(store), 'once it is taken').toEqual([])
})

test('the journal forgets after 14 days of the server’s clock, and not before', async () => {
  const store = await openStore('old')
  expect(JOURNAL_DAYS).toBe(14)
  await confirm(store, DAY_MS, ['a'])
  await confirm(store, DAY_MS + 1, ['b'])
  await confirm(store, 15 * DAY_MS, ['c'])
  await confirm(store, 15 * DAY_MS + 1, ['d'])
  expect(await journal(store)).toEqual(['b', 'c', 'd'])
})
