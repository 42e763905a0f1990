/**
 * A phone may die between any two writes: what was acknowledged stays, what was staged goes on from there.
 */
import 'fake-indexeddb/auto'
import { describe, expect, test } from 'vitest'
import { Replica } from './replica'
import { crashAfter } from './testing/crash'
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

/** How many writes a day has. */
async function writesOfADay(kind: Kind): Promise<number> {
  const replica = await openPhone(kind, 'count')
  const counting = crashAfter(Infinity)
  await live(replica, townOf(5), [])
  counting.undo()
  replica.store.close()
  return counting.writes()
}

describe.each(KINDS)('a phone that dies (%s)', async (kind) => {
  const writes = await writesOfADay(kind)
  test('a day has writes to die at', () => expect(writes).toBeGreaterThan(30))

  test.each(Array.from({ length: writes }, (_, i) => i))('at write %i loses nothing that was acknowledged', async (n) => {
    const server = townOf(5)
    const saved: string[] = []
    const phone = await openPhone(kind, `crash ${n}`)
    const crash = crashAfter(n)
    await live(phone, server, saved).catch(() => undefined)
    crash.undo()
    expect(crash.crashed()).toBe(true)
    phone.store.close()

    const again = await openPhone(kind, `crash ${n}`)
    for (const nonce of saved) expect(again.entries.has(nonce) || server.state.nonces.has(nonce), `${nonce} is lost`).toBe(true)
    if (again.meta.epoch !== '') expect(again.base.entries()).toBe(server.truth(ME, again.meta.epoch, again.meta.seq).size)
    for (let i = 0; i < 3; i++) {
      const ask = await again.ask({ commands: 100, maxBytes: 1 << 20 })
      await again.take(ask, server.sync(ME, ask.body!))
    }
    expect(again.pending()).toBe(0)
    expect(again.meta.repair).toBe(0)
    expect(again.base.entries()).toBe(server.truth(ME).size)
    for (const [nonce, count] of server.state.effects) expect(count, `${nonce} took effect twice`).toBe(1)
    again.store.close()
  })

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
