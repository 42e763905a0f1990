/**
 * A world for a whole engine: a clock that stands still until it is moved, a network that can be cut, and a
 * server of `TestServer` behind it. Nothing here sleeps.
 */
import type { Env } from '../env'
import type { Meeting } from '../tabs'
import { TestServer } from './server'

export interface Seen {
  method: string
  path: string
  token: string
  /** What the header DPoP has; '' without one. */
  proof: string
  body: any
}

export class TestWorld implements Env {
  readonly server = new TestServer()
  readonly origin = 'https://town.example'
  /** Every request that was made, in order. */
  readonly seen: Seen[] = []
  online = true
  /** What the browser says of it; it may be wrong. */
  saysOffline = false
  shown = true
  /** The key that devices seal to; '': this server takes nothing sealed. */
  sealTo = ''
  /** Rows in a page. */
  limit = 1000
  /** Answers a request in the server's place; undefined: the server does. */
  answer: ((seen: Seen) => Response | undefined | Promise<Response>) | null = null
  /** Token → member. */
  readonly tokens = new Map<string, string>()
  /** Open live connections: push lines, or end them. */
  readonly lives: { push: (line: object | '') => void; end: () => void; ended: boolean; body: any }[] = []
  randomness = 0.5
  #now = Date.UTC(2026, 5, 1, 9)
  #mono = 0
  #sleepers = new Set<{ at: number; wake: () => void }>()
  #watchers = new Set<() => void>()
  #joined = 0

  now = () => this.#now
  monotonic = () => this.#mono
  random = () => this.randomness
  visible = () => this.shown
  offline = () => this.saysOffline

  watch(fn: () => void): void {
    this.#watchers.add(fn)
  }

  /** Shows or hides the page. */
  look(shown: boolean): void {
    this.shown = shown
    for (const fn of this.#watchers) fn()
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = () => {
        this.#sleepers.delete(sleeper)
        signal.removeEventListener('abort', wake)
        resolve()
      }
      const sleeper = { at: this.#now + ms, wake }
      this.#sleepers.add(sleeper)
      signal.addEventListener('abort', wake)
    })
  }

  /** Moves the clock, waking sleepers in their order, and lets everything settle. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms
    for (;;) {
      await settled()
      const next = [...this.#sleepers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.#mono += Math.max(0, next.at - this.#now)
      this.#now = Math.max(this.#now, next.at)
      next.wake()
    }
    this.#mono += until - this.#now
    this.#now = until
    await settled()
  }

  /** The phone slept: its clock is further, and nothing ran meanwhile. */
  jump(ms: number): void {
    this.#now += ms
  }

  async fetch(address: string, init: RequestInit): Promise<Response> {
    const path = address.slice(this.origin.length)
    const token = new Headers(init.headers).get('Authorization')?.slice('Bearer '.length) ?? ''
    const proof = new Headers(init.headers).get('DPoP') ?? ''
    const seen = { method: init.method ?? 'GET', path, token, proof, body: init.body ? JSON.parse(String(init.body)) : null }
    this.seen.push(seen)
    if (!this.online) throw new TypeError('Failed to fetch')
    return (await this.answer?.(seen)) ?? this.#serve(seen, init.signal as AbortSignal)
  }

  /** Requests to a path since the beginning. */
  count(path: string): number {
    return this.seen.filter((seen) => seen.path === path).length
  }

  #serve(seen: Seen, signal: AbortSignal): Response {
    this.server.now = this.#now
    if (seen.path.startsWith('/api/sync/public/')) return new Response(this.server.chunk(seen.path, this.limit))
    if (seen.path === '/api/join' || seen.path === '/api/session') return this.#join(seen)
    const member = this.tokens.get(seen.token)
    if (member === undefined) return refusal(401, 'token_missing')
    if (seen.path === '/api/sync') return new Response(this.server.sync(member, seen.body, this.limit))
    return this.#live(seen, member, signal)
  }

  #join(seen: Seen): Response {
    const member = seen.body.invite ?? this.#memberOf(seen.body.device)
    const token = `token${++this.#joined}`
    this.tokens.set(token, member)
    if (seen.path === '/api/join') this.server.grant(member, ['public', `member/${member}`])
    if (seen.path === '/api/join') this.server.put('members', member, { firstName: seen.body.firstName }, [`member/${member}`])
    const expires = new Date(this.#now + 30 * 86_400_000).toISOString()
    return Response.json({ member, device: `device-${member}`, firstName: seen.body.firstName ?? '', roles: ['resident'], token, expires, sealTo: this.sealTo })
  }

  #memberOf(device: string): string {
    return device.slice('device-'.length)
  }

  #live(seen: Seen, member: string, signal: AbortSignal): Response {
    const encoder = new TextEncoder()
    let controller!: ReadableStreamDefaultController<Uint8Array>
    const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) })
    const connection = {
      body: seen.body,
      ended: false,
      push: (line: object | '') => controller.enqueue(encoder.encode(line === '' ? '\n' : `${JSON.stringify(line)}\n`)),
      end: () => {
        if (!connection.ended) controller.close()
        connection.ended = true
      },
    }
    signal.addEventListener('abort', () => {
      if (!connection.ended) controller.error(new DOMException('aborted', 'AbortError'))
      connection.ended = true
    })
    this.lives.push(connection)
    const { epoch, state } = this.server
    connection.push({ head: { protocol: 1, epoch, seq: state.seq, now: new Date(this.#now).toISOString(), schema: [1, 1] } })
    for (const line of this.server.frame(member, seen.body.cursor) ?? [{ poke: { afterMs: 0 } }]) {
      connection.push(line)
    }
    return new Response(body)
  }
}

export function refusal(status: number, code: string, more: object = {}): Response {
  return Response.json({ code, message: `${code}.`, ...more }, { status })
}

/** Signatures and keys under way: they are made on threads of their own, in a time of their own. */
let signing = 0
for (const name of ['generateKey', 'exportKey', 'sign', 'digest'] as const) {
  const original = crypto.subtle[name].bind(crypto.subtle) as (...args: any[]) => Promise<any>
  Object.defineProperty(crypto.subtle, name, {
    value: (...args: any[]) => {
      signing += 1
      return original(...args).finally(() => (signing -= 1))
    },
  })
}

/** Lets promises, streams, keys and the fake disk come to rest. */
export async function settled(): Promise<void> {
  for (let quiet = 0; quiet < 60; quiet = signing > 0 ? 0 : quiet + 1) await new Promise((resolve) => setImmediate(resolve))
}

/** A lock and a channel for the tabs of one device, in one process. */
export class TestMeeting {
  #channels = new Set<TestChannel>()
  #held: { release: () => void; lose: (reason: unknown) => void } | null = null
  #queue: (() => void)[] = []

  /** A tab's way in. */
  join(): Meeting {
    const channel = new TestChannel(this.#channels)
    this.#channels.add(channel)
    return { channel: channel as unknown as BroadcastChannel, locks: { request: this.#request } as unknown as LockManager }
  }

  /** A way in for a tab that `freeze` makes deaf and dumb, as a browser does to a tab in the background. */
  freezable(): Meeting {
    const meeting = this.join()
    this.#frozen = meeting.channel as unknown as TestChannel
    return meeting
  }

  freeze(): void {
    this.#frozen!.deaf = true
  }

  #frozen: TestChannel | null = null

  #request = async (_name: string, options: LockOptions, work: () => Promise<void>): Promise<void> => {
    if (options.steal) this.#held?.lose(new DOMException('stolen', 'AbortError'))
    else while (this.#held) await this.#turn(options.signal)
    let lose!: (reason: unknown) => void
    const lost = new Promise<never>((_, reject) => (lose = reject))
    const held = { release: () => undefined, lose }
    this.#held = held
    try {
      await Promise.race([work(), lost])
    } finally {
      if (this.#held === held) {
        this.#held = null
        this.#queue.shift()?.()
      }
    }
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(new DOMException('aborted', 'AbortError'))
      this.#queue.push(resolve)
      signal?.addEventListener('abort', () => {
        this.#queue = this.#queue.filter((waiting) => waiting !== resolve)
        reject(new DOMException('aborted', 'AbortError'))
      })
    })
  }
}

class TestChannel extends EventTarget {
  /** Hears nothing and says nothing. */
  deaf = false

  constructor(private readonly all: Set<TestChannel>) {
    super()
  }

  postMessage(data: unknown): void {
    for (const other of this.all) {
      if (other === this || other.deaf || this.deaf) continue
      queueMicrotask(() => other.dispatchEvent(new MessageEvent('message', { data: structuredClone(data) })))
    }
  }

  close(): void {
    this.all.delete(this)
  }
}
