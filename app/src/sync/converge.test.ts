/**
 * Random histories: devices, tabs and a server meet over a network that loses, delays, doubles and cuts,
 * while rows move between audiences, grants change, and the server is restored from backups.
 */
import { describe, expect, test } from 'vitest'
import type { Ask } from './ask'
import { LiveReader } from './live'
import { Replica } from './replica'
import { MemoryStore, type Store } from './store'
import { KINDS, over, type Kind } from './testing/stores'
import { Random } from './testing/random'
import { TestServer } from './testing/server'

const AUDS = ['public', 'activators', 'host/a', 'host/b', 'member/m0', 'member/m1']
const IDS = Array.from({ length: 10 }, (_, i) => `row${i}`)

/** One tab of one phone. */
interface Tab {
  phone: Phone
  replica: Replica
  waiting: { ask: Ask; answer: string }[]
}
interface Phone {
  member: string
  disk: Store
}

class World {
  readonly random: Random
  readonly server = new TestServer()
  readonly tabs: Tab[] = []
  /** The nonces of everything that was saved. */
  readonly sent = new Set<string>()
  #backup = this.server.backup()
  #count = 0

  private constructor(
    seed: number,
    private readonly kind: Kind,
  ) {
    this.random = new Random(seed)
  }

  static async open(seed: number, kind: Kind): Promise<World> {
    const world = new World(seed, kind)
    world.server.grant('m0', ['public', 'member/m0', 'host/a'])
    world.server.grant('m1', ['public', 'member/m1', 'host/b', 'activators'])
    for (const id of IDS.slice(0, 6)) world.server.put('things', id, { v: 0 }, world.random.some(AUDS))
    for (const member of ['m0', 'm1', 'm0']) await world.#buy(member)
    return world
  }

  /** A phone with two tabs. */
  async #buy(member: string): Promise<void> {
    const phone = { member, disk: new MemoryStore() }
    for (let i = 0; i < 2; i++) await this.#openTab(phone)
  }

  async #openTab(phone: Phone): Promise<void> {
    const replica = new Replica(await over(this.kind, phone.disk), { app: 't', now: () => this.server.now, changed: () => undefined, wrote: () => undefined })
    await replica.open()
    this.tabs.push({ phone, replica, waiting: [] })
  }

  async step(): Promise<void> {
    const { random, server } = this
    const tab = random.pick(this.tabs)
    const dice = random.next()
    if (dice < 0.18) await this.#act(tab)
    else if (dice < 0.3) this.#edit()
    else if (dice < 0.32) server.prune()
    else if (dice < 0.335) this.#backup = server.backup()
    else if (dice < 0.345) server.restore(this.#backup)
    else if (dice < 0.37) await this.#kill(tab)
    else if (dice < 0.4) await tab.replica.refresh()
    else if (dice < 0.43) await tab.replica.compact()
    else if (dice < 0.8) await this.#request(tab)
    else if (dice < 0.88) await this.#late(tab)
    else await this.#live(tab)
  }

  async #act({ replica, phone }: Tab): Promise<void> {
    if (replica.pending() > 8) return
    const { random } = this
    const nonce = `nonce${++this.#count}`
    const name = random.pick(['put', 'put', 'put', 'remove', 'refuse', 'fail'])
    const args = { collection: 'things', id: random.pick(IDS), v: nonce, auds: random.some(AUDS), merged: random.chance(0.1) }
    await replica.append({ nonce, name, args, member: phone.member })
    this.sent.add(nonce)
  }

  #edit(): void {
    const { random, server } = this
    const dice = random.next()
    if (dice < 0.6) server.put('things', random.pick(IDS), { v: random.below(99) }, random.some(AUDS))
    else if (dice < 0.8) server.remove('things', random.pick(IDS))
    else {
      const member = random.pick(['m0', 'm1'])
      server.grant(member, ['public', `member/${member}`, ...random.some(['host/a', 'host/b', 'activators'], 0)])
    }
  }

  async #kill(tab: Tab): Promise<void> {
    this.tabs.splice(this.tabs.indexOf(tab), 1)
    await this.#openTab(tab.phone)
  }

  async #request(tab: Tab): Promise<void> {
    const { random, server } = this
    const ask = await tab.replica.ask({ commands: random.pick([0, 1, 3, 100]), maxBytes: 1 << 20 })
    if (random.chance(0.1)) return
    const answer = server.sync(tab.phone.member, ask.body!, random.pick([1, 2, 3, 1000]))
    if (random.chance(0.1)) server.sync(tab.phone.member, ask.body!, 1000)
    if (random.chance(0.15)) return
    if (random.chance(0.2)) tab.waiting.push({ ask, answer })
    else if (random.chance(0.05)) await tab.replica.take(ask, answer.slice(0, random.below(answer.length)))
    else await this.#take(tab, ask, answer)
  }

  async #late(tab: Tab): Promise<void> {
    if (tab.waiting.length === 0) return
    const index = this.random.below(tab.waiting.length)
    const { ask, answer } = tab.waiting[index]!
    if (this.random.chance(0.7)) tab.waiting.splice(index, 1)
    await this.#take(tab, ask, answer)
  }

  async #take(tab: Tab, ask: Ask, answer: string): Promise<void> {
    const taken = await tab.replica.take(ask, answer)
    if (taken.kind === 'taken' && taken.done && tab.replica.meta.staged === null) this.check(tab)
  }

  async #live(tab: Tab): Promise<void> {
    const { random, server } = this
    const body = await tab.replica.askLive()
    const reader = new LiveReader(tab.replica)
    if (!body || server.epoch !== tab.replica.meta.epoch) return
    await reader.line(JSON.stringify({ head: { protocol: 1, epoch: server.epoch, seq: server.state.seq, now: '' } }))
    const lines = server.frame(tab.phone.member, body.cursor)
    if (!lines || random.chance(0.1)) return
    if (random.chance(0.2)) await this.#request(tab)
    for (const line of lines) if ((await reader.line(JSON.stringify(line))).close) return
    this.check(tab)
  }

  /** What is shown is exactly what was true at its seq, for this member. */
  check({ replica, phone }: Tab): void {
    const { epoch, seq } = replica.meta
    const shown = new Map<string, { data: any; auds: string[] }>()
    for (const name of replica.base.names()) {
      for (const [id, { data, auds }] of replica.base.collection(name)) shown.set(`${name}/${id}`, { data, auds: [...auds].sort() })
    }
    expect(Object.fromEntries([...shown].sort())).toEqual(Object.fromEntries([...this.server.truth(phone.member, epoch, seq)].sort()))
    for (const entry of replica.entries.values()) {
      if (!entry.settled && entry.outcome) expect(entry.outcome.seq, 'left in force too long').toBeGreaterThan(seq)
    }
  }

  /** The network is good again: everybody catches up. */
  async settle(): Promise<void> {
    for (let round = 0; round < 12; round++) {
      for (const tab of this.tabs) {
        await tab.replica.refresh()
        for (let page = 0; page < 4; page++) {
          const ask = await tab.replica.ask({ commands: 100, maxBytes: 1 << 20 })
          await tab.replica.take(ask, this.server.sync(tab.phone.member, ask.body!, 1000))
        }
      }
    }
    for (const tab of this.tabs) await tab.replica.refresh()
  }
}

describe('random histories', () => {
  const seeds = KINDS.flatMap((kind) => Array.from({ length: kind === 'in the clear' ? 60 : 12 }, (_, i) => [i + 1, kind] as const))
  test.each(seeds)('seed %i, %s: every device ends where the server is', async (seed, kind) => {
    const world = await World.open(seed, kind)
    for (let i = 0; i < 150; i++) await world.step()
    await world.settle()
    for (const tab of world.tabs) {
      expect(tab.replica.meta.seq).toBe(world.server.state.seq)
      expect(tab.replica.pending()).toBe(0)
      expect(tab.replica.meta.repair, 'sums agree').toBe(0)
      world.check(tab)
      const segments = await tab.phone.disk.read(['segments'], (txn) => txn.all('segments'))
      expect(segments.map(([key]) => key), 'nothing lies about on disk').toEqual([...tab.replica.meta.segments].sort((a, b) => a - b))
    }
    for (const [nonce, count] of world.server.state.effects) expect(count, `${nonce} took effect twice`).toBe(1)
    for (const nonce of world.sent) {
      // What was refused stays on its phone for the person to mend, and need not be told to a restored server.
      const kept = world.tabs.some((tab) => tab.replica.entries.get(nonce)?.settled)
      expect(kept || world.server.state.nonces.has(nonce), `${nonce} is lost`).toBe(true)
    }
  })
})
