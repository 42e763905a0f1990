/**
 * A device of the shared scenarios: this engine's replica, driven one step at a time.
 */
import { expect } from 'vitest'
import { toEntry } from '../entry'
import { LiveReader } from '../live'
import { close, isPending, remove, adopt } from '../queue'
import { react } from '../refusal'
import { Replica } from '../replica'
import { newNonce } from '../ids'
import type { Store, Txn } from '../store'
import { openKind, type Kind } from './stores'
import type { Ask } from '../ask'

export class ScenarioDevice {
  #replica!: Replica
  #asks = new Map<string, Ask>()
  #last: Ask | null = null
  #live: { reader: LiveReader; closed: number | null } | null = null
  #names = new Map<string, string>()
  #fault: string | null = null
  #waitMs = 0
  #full = false
  #now = Date.UTC(2026, 5, 1, 9)

  private constructor(
    private readonly name: string,
    private member: string,
    private readonly kind: Kind,
  ) {}

  static async open(name: string, member: string, kind: Kind): Promise<ScenarioDevice> {
    const device = new ScenarioDevice(name, member, kind)
    await device.#reopen()
    return device
  }

  close(): void {
    this.#replica.store.close()
  }

  async #reopen(): Promise<void> {
    this.#replica = new Replica(this.#roomOf(await openKind(this.kind, this.name)), {
      app: '1.0.0',
      now: () => this.#now,
      changed: () => undefined,
      wrote: () => undefined,
    })
    await this.#replica.open()
  }

  /** Ends the process, and opens the app again. */
  async kill(): Promise<void> {
    this.close()
    this.#live = null
    this.#last = null
    this.#asks.clear()
    await this.#reopen()
  }

  /** Does something, where `full` says that the disk has no room for its second record. */
  async #inRoom(full: boolean | undefined, work: () => Promise<unknown>): Promise<void> {
    this.#full = full ?? false
    await (full ? expect(work()).rejects.toMatchObject({ name: 'QuotaExceededError' }) : work())
    this.#full = false
  }

  /** A store whose disk is full when that is to be. */
  #roomOf(store: Store): Store {
    const write: Store['write'] = (stores, fn, durability) =>
      store.write(stores, (txn) => fn(this.#full ? narrow(txn) : txn), durability)
    return { durable: store.durable, read: (stores, fn) => store.read(stores, fn), write, close: () => store.close() }
  }

  async run(step: any, where: string): Promise<void> {
    const kind = Object.keys(step)[0]!
    if (kind !== 'closed' && this.#live && this.#live.closed !== null) expect.fail(`the live connection was closed before ${where}`)
    const run = this.#steps[kind]
    if (!run) expect.fail(`unknown step in ${where}`)
    await run(step, where)
  }

  readonly #steps: Record<string, (step: any, where: string) => Promise<void>> = {
    send: async ({ send, full }) => this.#inRoom(full, () => this.#replica.append({ ...send, member: this.member })),
    withdraw: async (step, where) => {
      const done = await this.#replica.changeQueue((queue) => {
        const entry = queue.entries.get(step.withdraw)
        if (!entry || entry.sent || !isPending(entry)) return false
        close(queue, entry.nonce, null)
        return true
      })
      expect(done, where).toBe(step.done)
    },
    dismiss: async (step) => void (await this.#replica.changeQueue((queue) => (remove(queue, step.dismiss), true))),
    clock: async (step) => void (this.#now = Date.parse(step.clock)),
    join: async (step) => {
      this.member = step.join.member
      await this.#replica.changeQueue((queue) => (adopt(queue, this.member, newNonce()), true))
    },
    request: async (step, where) => {
      this.#ask(await this.#replica.ask({ commands: 100, maxBytes: 1 << 20 }), step.as)
      this.#contains(this.#last!.body, step.request, where)
    },
    chunk: async (step, where) => {
      this.#ask(await this.#replica.askPublic(), step.as)
      expect(this.#last!.path, where).toBe(step.chunk)
    },
    answer: async (step) => {
      const ask = step.to ? this.#asks.get(step.to)! : this.#last!
      const text = step.answer.map((line: unknown) => `${JSON.stringify(line)}\n`).join('')
      await this.#inRoom(step.full, async () => {
        const taken = await this.#replica.take(ask, step.cut ? text.slice(0, -12) : text)
        this.#waitMs = taken.waitMs
        if (taken.kind === 'taken') this.#fault = taken.schema && taken.schema[0] > 1 ? 'app_old' : null
      })
    },
    refuse: async (step) => {
      const reaction = await react(this.#replica, this.#last!, { retryAfterMs: 0, ...step.refuse })
      this.#waitMs = reaction.waitMs
      this.#fault = reaction.fault
    },
    open: async (step, where) => {
      this.#live = { reader: new LiveReader(this.#replica), closed: null }
      this.#contains(await this.#replica.askLive(), step.open, where)
    },
    frame: async (step) => {
      for (const line of step.frame) {
        const next = await this.#live!.reader.line(JSON.stringify(line))
        if (next.close) return void (this.#live!.closed = next.afterMs)
      }
    },
    closed: async (step, where) => {
      expect(this.#live?.closed, where).toBe(step.closed.afterMs)
      this.#live = null
    },
    kill: () => this.kill(),
    evict: async () => {
      this.close()
      await new Promise((done) => (indexedDB.deleteDatabase(`${this.kind} ${this.name}`).onsuccess = done))
      await this.kill()
    },
    expect: async (step, where) => this.#expect(step.expect, where),
  }

  #ask(ask: Ask, as: string | undefined): void {
    this.#last = ask
    if (as) this.#asks.set(as, ask)
  }

  #expect(want: any, where: string): void {
    const { meta, base, entries } = this.#replica
    const outbox = [...entries.values()].map(toEntry)
    if ('seq' in want) expect(meta.seq, where).toBe(want.seq)
    if ('epoch' in want) expect(meta.epoch, where).toBe(want.epoch)
    if ('staged' in want) expect(meta.staged !== null, where).toBe(want.staged)
    if ('waitMs' in want) expect(this.#waitMs, where).toBe(want.waitMs)
    if ('fault' in want) expect(this.#fault ?? (meta.repair === 2 ? 'sums' : null), where).toBe(want.fault)
    if ('outbox' in want) this.#contains(outbox, want.outbox, where)
    if ('inForce' in want) {
      expect([...entries.values()].filter((entry) => !entry.settled).map((entry) => entry.nonce), where).toEqual(want.inForce)
    }
    for (const [key, auds] of Object.entries(want.auds ?? {})) {
      const [collection, id] = key.split('/') as [string, string]
      expect([...(base.get(collection, id)?.auds ?? [])].sort(), where).toEqual([...(auds as string[])].sort())
    }
    for (const [collection, rows] of Object.entries<any>(want.rows ?? {})) {
      expect([...base.collection(collection).keys()].sort(), where).toEqual(Object.keys(rows).sort())
      for (const id of Object.keys(rows)) this.#contains(base.get(collection, id)!.data, rows[id], where)
    }
  }

  #contains(got: any, want: any, where: string): void {
    if (typeof want === 'string' && want.startsWith('$')) return this.#named(got, want, where)
    if (want === null || typeof want !== 'object') return expect(got, where).toEqual(want)
    if (Array.isArray(want)) expect(got, where).toHaveLength(want.length)
    for (const key of Object.keys(want)) this.#contains(got?.[key], want[key], `${where} at ${key}`)
  }

  #named(got: string, name: string, where: string): void {
    const known = this.#names.get(name)
    if (known !== undefined) return expect(got, where).toBe(known)
    expect([...this.#names.values()], `${where}: ${name} must be a new value`).not.toContain(got)
    this.#names.set(name, got)
  }
}

/** A transaction that finds no room for its second record. */
function narrow(txn: Txn): Txn {
  let room = 1
  const put: Txn['put'] = async (store, key, value) => {
    if (room-- === 0) throw new DOMException('no room', 'QuotaExceededError')
    await txn.put(store, key, value)
  }
  return { get: (store, key) => txn.get(store, key), all: (store) => txn.all(store), put, add: (store, value) => txn.add(store, value), delete: (store, key) => txn.delete(store, key) }
}

/** Of each step, whether nothing is under way before it: no live connection, and no request whose answer is still to come. */
export function quietMoments(steps: readonly any[]): boolean[] {
  let live = false
  return steps.map((step, i) => {
    const quiet = !live && !awaited(steps.slice(i))
    if (step.open) live = true
    if (step.closed || step.kill || step.evict) live = false
    return quiet
  })
}

/** True when a later step answers a request that was made before. */
function awaited(steps: readonly any[]): boolean {
  let asked = false
  const named = new Set<string>()
  for (const step of steps) {
    if (step.kill || step.evict) return false
    if (step.request || step.chunk) {
      asked = true
      named.add(step.as)
    } else if (step.refuse || (step.answer && !step.to)) {
      if (!asked) return true
    } else if (step.answer && !named.has(step.to)) return true
  }
  return false
}
