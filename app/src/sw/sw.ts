/**
 * The service worker: the app's own files, from this phone, with no signal.
 *
 * It keeps exactly one version of the app. A new version is fetched whole into a cache of its own and then
 * waits until the person says "use it now" or every window is closed, so that no window ever runs with
 * files of two versions. It never touches `/api/` (sync has its own storage) or `/_/` (the dashboard).
 *
 * A few files are large and most people never need them (the reader of square codes): those are kept from the
 * first time they are used, and from then on come with every new version, so that an update takes away nothing
 * that worked with no signal.
 *
 * And it shows what comes by push (push.ts), with no code of Google's.
 */
import { open, poke, show } from './push'

declare const KITH_FILES: readonly (readonly [address: string, hash: string])[]
declare const KITH_LATER: readonly (readonly [address: string, hash: string])[]
declare const KITH_VERSION: string
declare const self: ServiceWorkerGlobalScope

const PREFIX = 'kith-app-'
const CACHE = PREFIX + KITH_VERSION
const LATER = new Map(KITH_LATER)
const LISTED = new Set([...KITH_FILES, ...KITH_LATER].map(([address]) => address))
const HASH = 'X-Kith-Hash'
const MARK = 'X-Kith-Later'

self.addEventListener('install', (event) => event.waitUntil(keepAll()))
self.addEventListener('activate', (event) => event.waitUntil(forgetOthers().then(() => self.clients.claim())))
self.addEventListener('message', (event) => {
  if (event.data === 'skipWaiting') void self.skipWaiting()
  if (event.data === 'claim') event.waitUntil(self.clients.claim())
})
self.addEventListener('fetch', (event) => {
  const address = keptAddress(event.request)
  if (address) event.respondWith(fromCache(address, event.request))
})
self.addEventListener('push', (event) => event.waitUntil(show(event)))
self.addEventListener('notificationclick', (event) => event.waitUntil(open(event.notification)))
// A page that is open asks for another way to be reached; else the next one that is opened (notices/keeping.ts).
self.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(poke()))

/** Fetches every listed file past the HTTP cache; one that fails fails the whole install. */
async function keepAll(): Promise<void> {
  const cache = await caches.open(CACHE)
  const { have, usedLater } = await olderFiles()
  const keep = async (address: string, hash: string, later: boolean) => {
    const response = have.get(address + hash) ?? (await fetch(address, { cache: 'no-cache' }))
    // A redirected response may not answer a navigation, and a page of the server's is not our file.
    if (!response.ok || response.redirected) throw new Error(`could not keep ${address}`)
    await cache.put(address, marked(response, hash, later))
  }
  await Promise.all([
    ...KITH_FILES.map(([address, hash]) => keep(address, hash, false)),
    ...(usedLater ? KITH_LATER : []).map(([address, hash]) => keep(address, hash, true)),
  ])
}

function marked(response: Response, hash: string, later: boolean): Response {
  const headers = new Headers(response.headers)
  headers.set(HASH, hash)
  if (later) headers.set(MARK, 'yes')
  return new Response(response.body, { headers })
}

/** What an older version keeps under the same address and hash need not travel again; and what it came to need. */
async function olderFiles(): Promise<{ have: Map<string, Response>; usedLater: boolean }> {
  const have = new Map<string, Response>()
  let usedLater = false
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX) || name === CACHE) continue
    const cache = await caches.open(name)
    for (const request of await cache.keys()) {
      const response = await cache.match(request)
      if (!response) continue
      have.set(new URL(request.url).pathname + response.headers.get(HASH), response)
      usedLater ||= response.headers.has(MARK)
    }
  }
  return { have, usedLater }
}

async function forgetOthers(): Promise<void> {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)))
}

/** The listed address that answers this request, or '' when the request is none of ours. */
function keptAddress(request: Request): string {
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return ''
  if (url.pathname.startsWith('/api/') || url.pathname.startsWith('/_/')) return ''
  if (LISTED.has(url.pathname)) return url.pathname
  // Every screen is the same page: its address is read by the app's router.
  return request.mode === 'navigate' && !url.pathname.includes('.') ? '/' : ''
}

/** A browser may have evicted the cache under us: then the network, as if there were no worker. */
async function fromCache(address: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE).catch(() => undefined)
  const kept = await cache?.match(address).catch(() => undefined)
  if (kept) return kept
  const response = await fetch(request)
  const hash = LATER.get(address)
  // Kept before it is answered: what worked once on this phone works there with no signal.
  if (cache && hash && response.ok && !response.redirected) await cache.put(address, marked(response.clone(), hash, true)).catch(() => undefined)
  return response
}

