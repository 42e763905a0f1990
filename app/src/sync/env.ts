/**
 * What the engine needs from the world around it; a test gives another world.
 */
export interface Env {
  /** This phone's clock in milliseconds. */
  now(): number
  /** At least 0 and below 1, for back-off. */
  random(): number
  fetch(address: string, init: RequestInit): Promise<Response>
  /** Scheme and host that requests go to. */
  origin: string
  /** Resolves after `ms`, or as soon as `signal` is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  visible(): boolean
  /** Calls `fn` when the page is shown or hidden, and when the browser believes that there is a network again. */
  watch(fn: () => void): void
}

export function browserEnv(): Env {
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    fetch: (address, init) => fetch(address, init),
    origin: globalThis.location?.origin ?? '',
    sleep,
    visible: () => globalThis.document?.visibilityState !== 'hidden',
    watch(fn) {
      globalThis.document?.addEventListener('visibilitychange', fn)
      globalThis.addEventListener?.('online', fn)
      // A page that comes back from the back-forward cache has slept.
      globalThis.addEventListener?.('pageshow', fn)
    },
  }
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
