/**
 * Requests over HTTP. Nothing here decides anything: an answer comes back as text, an error as a `Refusal`,
 * and no answer at all as `Offline`.
 */
import type { Ask } from './ask'
import type { Env } from './env'
import { readRefusal, type Refusal } from './refusal'

/** The server was not reached, or the connection broke. */
export class Offline extends Error {
  constructor(cause?: unknown) {
    super('the server was not reached', { cause })
    this.name = 'Offline'
  }
}

/** A connection that brings no byte for so long is dead, whatever the phone believes. */
export const SILENCE_MS = 60_000

export type Reply = { ok: true; text: string } | { ok: false; refusal: Refusal }

/** Sends one sync or public request and reads its whole answer. */
export async function request(env: Env, ask: Ask, token: string): Promise<Reply> {
  return ask.body ? post(env, ask.path, ask.body, token) : exchange(env, ask.path, { method: 'GET' })
}

/** Posts JSON and reads the whole answer. */
export function post(env: Env, path: string, body: object, token = ''): Promise<Reply> {
  return exchange(env, path, { method: 'POST', headers: headers(token), body: JSON.stringify(body) })
}

async function exchange(env: Env, path: string, init: RequestInit): Promise<Reply> {
  let text = ''
  const stop = new AbortController()
  const response = await open(env, path, init, stop)
  for await (const part of parts(env, response, stop)) text += part
  if (response.ok) return { ok: true, text }
  return { ok: false, refusal: readRefusal(response.status, text, response.headers.get('Retry-After')) }
}

/**
 * Opens the live connection and yields its lines until it ends; a refusal is thrown. `signal` closes it.
 * Throws `Offline` when the connection breaks or falls silent.
 */
export async function* live(env: Env, body: object, token: string, signal: AbortSignal): AsyncGenerator<string> {
  const stop = new AbortController()
  signal.addEventListener('abort', () => stop.abort())
  const init = { method: 'POST', headers: headers(token), body: JSON.stringify(body) }
  const response = await open(env, '/api/sync/live', init, stop)
  let rest = ''
  for await (const part of parts(env, response, stop)) {
    const lines = (rest + part).split('\n')
    rest = lines.pop()!
    if (response.ok) yield* lines
    else rest = [...lines, rest].join('\n')
  }
  if (!response.ok) throw new LiveRefused(readRefusal(response.status, rest, response.headers.get('Retry-After')))
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

/** Sends, and waits for the head of an answer no longer than the silence allows. */
async function open(env: Env, path: string, init: RequestInit, stop: AbortController): Promise<Response> {
  const answered = new AbortController()
  void env.sleep(SILENCE_MS, answered.signal).then(() => answered.signal.aborted || stop.abort())
  try {
    return await env.fetch(env.origin + path, { ...init, signal: stop.signal, credentials: 'omit', redirect: 'error' })
  } catch (error) {
    throw new Offline(error)
  } finally {
    answered.abort()
  }
}

/** The body's text as it comes, until it ends; `Offline` when it breaks or nothing comes for too long. */
async function* parts(env: Env, response: Response, stop: AbortController): AsyncGenerator<string> {
  if (!response.body) return
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  try {
    for (;;) {
      const came = new AbortController()
      void env.sleep(SILENCE_MS, came.signal).then(() => came.signal.aborted || stop.abort())
      const part = await reader.read().finally(() => came.abort())
      if (part.done) return
      yield part.value
    }
  } catch (error) {
    throw new Offline(error)
  } finally {
    stop.abort()
  }
}
