/**
 * Requests over HTTP. Nothing here decides anything: an answer comes back as text, an error as a `Refusal`,
 * and no answer at all as `Offline`.
 */
import type { Ask } from './ask'
import type { Prover } from '../device/prover'
import type { Env } from './env'
import { readRefusal, type Refusal } from './refusal'

/** The server was not reached, or the connection broke. */
export class Offline extends Error {
  constructor(cause?: unknown) {
    super('the server was not reached', { cause })
    this.name = 'Offline'
  }
}

/** The server refused; `refusal.code` says why. */
export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message)
    this.name = 'Refused'
  }
}

/** A live connection that brings no byte for so long is dead, whatever the phone believes. */
const SILENCE_MS = 60_000
/** An answer that takes so long is given up; the next is asked for in smaller pages. */
const ANSWER_MS = 120_000

const utf8 = new TextDecoder()

export type Reply = { ok: true; text: string } | { ok: false; refusal: Refusal }

/** Sends one sync or public request and reads its whole answer. */
export async function request(env: Env, ask: Ask, token: string, prover: Prover | null = null): Promise<Reply> {
  return ask.body ? post(env, ask.path, ask.body, token, prover) : exchange(env, ask.path, { method: 'GET' })
}

/** A proof may be missing, and then be of a wrong time: the third attempt has both. */
const ATTEMPTS = 3

/** Posts JSON and reads the whole answer. Where the server wants a proof it is sent once more, with one. */
export async function post(env: Env, path: string, body: object, token = '', prover: Prover | null = null, always = false): Promise<Reply> {
  const text = JSON.stringify(body)
  for (let attempt = 1; ; attempt++) {
    const proof = await prover?.headers('POST', path, token, always)
    const reply = await exchange(env, path, { method: 'POST', headers: { ...headers(token), ...proof }, body: text })
    if (reply.ok || attempt === ATTEMPTS || !prover?.heed(reply.refusal)) return reply
  }
}

async function exchange(env: Env, path: string, init: RequestInit): Promise<Reply> {
  const stop = new AbortController()
  const watch = new Watch(env, ANSWER_MS, stop)
  try {
    const response = await send(env, path, init, stop)
    // By way of a blob, which the browser fills without the page's thread: that costs half as much in Chromium
    // as reading the response itself.
    const text = utf8.decode(await (await response.blob()).arrayBuffer())
    if (response.ok) return { ok: true, text }
    return { ok: false, refusal: readRefusal(response.status, text, response.headers.get('Retry-After')) }
  } catch (error) {
    throw new Offline(error)
  } finally {
    watch.end()
  }
}

/**
 * Opens the live connection and yields its lines until it ends; a refusal is thrown. `signal` closes it.
 * Throws `Offline` when the connection breaks or falls silent.
 */
export async function* live(env: Env, body: object, token: string, signal: AbortSignal, prover: Prover | null = null): AsyncGenerator<string> {
  const stop = new AbortController()
  signal.addEventListener('abort', () => stop.abort())
  const watch = new Watch(env, SILENCE_MS, stop)
  try {
    const proof = await prover?.headers('POST', '/api/sync/live', token)
    const response = await send(env, '/api/sync/live', { method: 'POST', headers: { ...headers(token), ...proof }, body: JSON.stringify(body) }, stop)
    if (response.ok) yield* linesOf(response, watch)
    else throw new LiveRefused(readRefusal(response.status, await response.text(), response.headers.get('Retry-After')))
  } catch (error) {
    throw error instanceof LiveRefused ? error : new Offline(error)
  } finally {
    watch.end()
    stop.abort()
  }
}

async function* linesOf(response: Response, watch: Watch): AsyncGenerator<string> {
  const reader = response.body!.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  for (;;) {
    const part = await reader.read()
    if (part.done) return
    watch.sign()
    const lines = (rest + decoder.decode(part.value, { stream: true })).split('\n')
    rest = lines.pop()!
    yield* lines
  }
}

/** The live connection was answered with an error. */
export class LiveRefused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.code)
    this.name = 'LiveRefused'
  }
}

function headers(token: string): Record<string, string> {
  return { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) }
}

function send(env: Env, path: string, init: RequestInit, stop: AbortController): Promise<Response> {
  return env.fetch(env.origin + path, { ...init, signal: stop.signal, credentials: 'omit', redirect: 'error' })
}

/** Aborts a connection that gives no sign of life for too long. */
class Watch {
  #last: number
  readonly #ended = new AbortController()

  constructor(
    private readonly env: Env,
    private readonly mostMs: number,
    private readonly stop: AbortController,
  ) {
    this.#last = env.now()
    void this.#run()
  }

  sign(): void {
    this.#last = this.env.now()
  }

  end(): void {
    this.#ended.abort()
  }

  async #run(): Promise<void> {
    for (;;) {
      const left = this.#last + this.mostMs - this.env.now()
      if (left <= 0) return this.stop.abort()
      await this.env.sleep(left, this.#ended.signal)
      if (this.#ended.signal.aborted) return
    }
  }
}
