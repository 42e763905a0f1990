/**
 * What the engine needs from the world around it; a test gives another world.
 */
export interface Env {
  /** This phone's clock in milliseconds. */
  now(): number
  /** Milliseconds since some moment of this page's life: nobody can set it. Absent: there is only `now`. */
  monotonic?(): number
  /** At least 0 and below 1, for back-off. */
  random(): number
  fetch(address: string, init: RequestInit): Promise<Response>
  /** Scheme and host that requests go to. */
  origin: string
  /** Resolves after `ms`, or as soon as `signal` is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  visible(): boolean
  /** The browser believes that nothing can be reached; it may be wrong. */
  offline?(): boolean
  /** Calls `fn` when the page is shown or hidden, and when the browser believes that there is a network again. */
  watch(fn: () => void): void
}

export function browserEnv(): Env {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    random: () => Math.random(),
    fetch: (address, init) => takeEarly(address, init.signal) ?? fetch(address, init),
    origin: browserOrigin(),
    sleep,
    offline: () => globalThis.navigator?.onLine === false,
    visible: () => globalThis.document?.visibilityState !== 'hidden',
    watch(fn) {
      globalThis.document?.addEventListener('visibilitychange', fn)
      globalThis.addEventListener?.('online', fn)
      // A page that comes back from the back-forward cache has slept.
      globalThis.addEventListener?.('pageshow', fn)
    },
  }
}

/** What public/early.js has begun: the first request, before the app has started. Where it can't, the app asks for itself. */
interface Early {
  path: string
  response: Promise<Response>
  stop: AbortController
}

/** The answer that was begun before the app had started, once, to who asks for that address; else undefined. */
export function takeEarly(address: string, signal?: AbortSignal | null): Promise<Response> | undefined {
  const world = globalThis as { kithEarly?: Early }
  const early = world.kithEarly
  if (!early || address !== browserOrigin() + early.path) return undefined
  delete world.kithEarly
  signal?.addEventListener('abort', () => early.stop.abort())
  return early.response
}

function browserOrigin(): string {
  return globalThis.location?.origin ?? ''
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    // A timer holds 2³¹-1 ms; a longer one would fire at once.
    const timer = setTimeout(end, Math.min(ms, 2_147_483_647))
    signal.addEventListener('abort', end)
  })
}
