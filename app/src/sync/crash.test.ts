/**
 * A phone may die between any two writes: what was acknowledged stays, what was staged goes on from there.
 */
import 'fake-indexeddb/auto'
import { describe, expect, test } from 'vitest'
import { Replica } from './replica'
import { Life } from './testing/crash'
import { TestServer } from './testing/server'
import { KINDS, openKind, type Kind } from './testing/stores'

const ME = 'rosa'

function townOf(rows: number): TestServer {
  const server = new TestServer()
  server.grant(ME, ['public', `member/${ME}`])
  for (let i = 0; i < rows; i++) server.put('listings', `listing${i}`, { title: `Listing ${i}` }, ['public'])
  return server
}

async function openPhone(kind: Kind, name: string): Promise<Replica> {
  const replica = new Replica(await openKind(kind, name), { app: 't', now: () => 0, changed: () => undefined, wrote: () => undefined })
  await replica.open()
  return replica
}

/** A day: pages, a command, its outcome, a frame of rows, a compaction. Adds to `saved` what was acknowledged. */
async function live(replica: Replica, server: TestServer, saved: string[]): Promise<void> {
  const turn = async (limit: number) => {
    const ask = await replica.ask({ commands: 100, maxBytes: 1 << 20 })
    Life.breathe()
    return replica.take(ask, server.sync(ME, ask.body!, limit))
  }
  while (!(await turn(2)).done);
  for (const nonce of ['one', 'two']) {
    const args = { id: `visit-${nonce}`, listing: 'listing1', occurrence: nonce, welcome: 'none' }
    await replica.append({ nonce, name: 'visits.come', args, member: ME })
    saved.push(nonce)
  }
  await turn(1)
  await turn(1000)
  server.put('listings', 'listing0', { title: 'New words' }, ['public'])
  await turn(1000)
  await replica.compact()
}

/** A first sync in pages of two rows. */
async function pull(phone: Replica, server: TestServer): Promise<void> {
  for (;;) {
    const ask = await phone.ask({ commands: 0, maxBytes: 1 << 20 })
    Life.breathe()
    if ((await phone.take(ask, server.sync(ME, ask.body!, 2))).done) return
  }
}

/** How many steps of the disk a day has. */
async function stepsOfADay(kind: Kind): Promise<number> {
  const life = new Life()
  const replica = await openPhone(kind, 'count')
  await live(replica, townOf(5), [])
  replica.store.close()
  return life.steps
}

/** The phone comes back: what it holds is whole, and everything ends where the server is, once. */
async function comesBack(again: Replica, server: TestServer, saved: readonly string[], where: string): Promise<void> {
  for (const nonce of saved) expect(again.entries.has(nonce) || server.state.nonces.has(nonce), `${nonce} is lost ${where}`).toBe(true)
  if (again.meta.epoch !== '') expect(again.base.entries(), where).toBe(server.truth(ME, again.meta.epoch, again.meta.seq).size)
  for (let i = 0; i < 3; i++) {
    const ask = await again.ask({ commands: 100, maxBytes: 1 << 20 })
    await again.take(ask, server.sync(ME, ask.body!))
  }
  expect([again.pending(), again.meta.repair, again.base.entries()], where).toEqual([0, 0, server.truth(ME).size])
  for (const [nonce, count] of server.state.effects) expect(count, `${nonce} took effect twice ${where}`).toBe(1)
}

describe.each(KINDS)('a phone that dies (%s)', (kind) => {
  test('at any step of its disk loses nothing that was acknowledged, and does nothing twice', async () => {
    const steps = await stepsOfADay(kind)
    expect(steps).toBeGreaterThan(100)
    for (let n = 0; n < steps; n++) {
      const server = townOf(5)
      const saved: string[] = []
      const life = new Life(n)
      await life.until(openPhone(kind, `crash ${n}`).then((phone) => live(phone, server, saved)))
      expect(life.over, `at ${n}`).toBe(true)

      new Life()
      const again = await openPhone(kind, `crash ${n}`)
      await comesBack(again, server, saved, `at step ${n} of ${steps}`)
      again.store.close()
    }
  }, 60_000)

  test('at any step of a pull asks for no page again that it has', async () => {
    const life = new Life()
    const counted = await openPhone(kind, 'pages counted')
    await pull(counted, townOf(6))
    for (let n = 0; n < life.steps; n++) {
      const server = townOf(6)
      const pages = new Life(n)
      let phone: Replica | null = null
      await pages.until(openPhone(kind, `pages ${n}`).then((opened) => pull((phone = opened), server)))

      new Life()
      const again = await openPhone(kind, `pages ${n}`)
      const { meta } = again
      // Everything that was staged in memory was so on disk first.
      if (phone) expect(again.meta.generation, `at ${n}`).toBeGreaterThanOrEqual((phone as Replica).meta.generation)
      const ask = await again.ask({ commands: 0, maxBytes: 1 << 20 })
      expect(ask.cursor, `at ${n}`).toBe(meta.staged?.cursor ?? meta.cursor)
      await again.take(ask, server.sync(ME, ask.body!))
      expect(again.base.entries(), `at ${n}`).toBe(server.truth(ME).size)
      again.store.close()
    }
  }, 60_000)

  test('in the middle of a pull goes on from the page it has', async () => {
    const server = townOf(5)
    const phone = await openPhone(kind, 'resume')
    const first = await phone.ask({ commands: 0, maxBytes: 1 << 20 })
    await phone.take(first, server.sync(ME, first.body!, 2))
    phone.store.close()

    const again = await openPhone(kind, 'resume')
    const second = await again.ask({ commands: 0, maxBytes: 1 << 20 })
    expect(second.cursor).not.toBe('')
    const answer = server.sync(ME, second.body!, 1000)
    expect(answer).not.toContain('listing0')
    await again.take(second, answer)
    expect([...again.base.collection('listings').keys()].sort()).toEqual(['listing0', 'listing1', 'listing2', 'listing3', 'listing4'])
    again.store.close()
  })
})
