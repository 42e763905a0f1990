/** A browser around the service worker that is made of Maps. */
import { vi } from 'vitest'

const ORIGIN = 'https://town.example'
export const PACK = '/assets/pack-1.tar.gz'
/** In a variable, so that the worker is checked with the types of a worker and not with those of a page. */
const WORKER = '../sw'
type Listener = (event: any) => void

export class FakeCache {
  readonly kept = new Map<string, Response>()
  async put(address: string, response: Response) {
    this.kept.set(new URL(address, ORIGIN).pathname, response)
  }
  async match(request: string | { url: string }) {
    return this.kept.get(new URL(typeof request === 'string' ? request : request.url, ORIGIN).pathname)?.clone()
  }
  async keys() {
    return [...this.kept.keys()].map((path) => ({ url: ORIGIN + path }))
  }
}

/** One origin with a network and caches; `start` runs a version of the worker in it. */
export class Browser {
  readonly stores = new Map<string, FakeCache>()
  readonly fetched: string[] = []
  /** Nothing packed, where a test doesn't say otherwise. */
  network: (path: string) => Response = (path) => (path === PACK ? new Response('', { status: 404 }) : new Response(`network ${path}`))
  listeners = new Map<string, Listener>()
  skipped = false
  claims = 0

  async start(version: string, files: [string, string][], later: [string, string][] = []) {
    this.listeners = new Map()
    vi.resetModules()
    vi.stubGlobal('KITH_FILES', files)
    vi.stubGlobal('KITH_LATER', later)
    vi.stubGlobal('KITH_PACK', PACK)
    vi.stubGlobal('KITH_VERSION', version)
    vi.stubGlobal('caches', {
      open: async (name: string) => this.stores.get(name) ?? (this.stores.set(name, new FakeCache()), this.stores.get(name)!),
      keys: async () => [...this.stores.keys()],
      delete: async (name: string) => this.stores.delete(name),
    })
    vi.stubGlobal('fetch', async (request: string | { url: string }) => {
      const path = new URL(typeof request === 'string' ? request : request.url, ORIGIN).pathname
      this.fetched.push(path)
      return this.network(path)
    })
    vi.stubGlobal('self', {
      location: { origin: ORIGIN },
      clients: { claim: async () => void this.claims++ },
      skipWaiting: async () => void (this.skipped = true),
      addEventListener: (name: string, listener: Listener) => this.listeners.set(name, listener),
    })
    await import(/* @vite-ignore */ WORKER)
  }

  async event(name: string, event: object = {}): Promise<void> {
    let work: Promise<unknown> = Promise.resolve()
    this.listeners.get(name)!({ ...event, waitUntil: (promise: Promise<unknown>) => (work = promise) })
    await work
  }

  /** What the worker answers; null: it leaves the request to the browser. */
  async ask(path: string, more: { mode?: string; method?: string; origin?: string } = {}): Promise<string | null> {
    let answer: Promise<Response> | null = null
    const request = { url: (more.origin ?? ORIGIN) + path, method: more.method ?? 'GET', mode: more.mode ?? 'no-cors' }
    this.listeners.get('fetch')!({ request, respondWith: (given: Promise<Response>) => (answer = given) })
    return answer ? (await (answer as Promise<Response>)).text() : null
  }
}
