/**
 * The service worker: the app's own files, from this phone, with no signal.
 *
 * It keeps exactly one version of the app. A new version is fetched whole into a cache of its own and then
 * waits until the person says "use it now" or every window is closed, so that no window ever runs with
 * files of two versions. It never touches `/api/` (sync has its own storage) or `/_/` (the dashboard).
 *
 * What is missing comes in one pack if it is much, and file by file if it is little, or if the pack was cut: then
 * each file that comes is kept, and however often the signal goes there is less to fetch each time (docs/adr/0026).
 *
 * A few files are large and most people never need them (the reader of square codes): those are kept from the
 * first time they are used, and from then on come with every new version, so that an update takes away nothing
 * that worked with no signal.
 *
 * And it shows what comes by push (push.ts), with no code of Google's.
 */
import { hashOf, headersOf, takenApart } from './pack'
import { open, poke, show } from './push'

declare const KITH_FILES: readonly (readonly [address: string, hash: string])[]
declare const KITH_LATER: readonly (readonly [address: string, hash: string])[]
declare const KITH_PACK: string
declare const KITH_VERSION: string
declare const self: ServiceWorkerGlobalScope

const PREFIX = 'kith-app-'
const CACHE = PREFIX + KITH_VERSION
/** Once each: the build writes the whole list wherever its name stands. */
const FILES = new Map(KITH_FILES)
const LATER = new Map(KITH_LATER)
const HASH = 'X-Kith-Hash'
const MARK = 'X-Kith-Later'

/** As many files as this come one by one: a third of them cost as much time as the whole pack, and fewer bytes. */
const FEW = FILES.size / 3

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

/** What is still to be kept: addresses with their hashes. */
type Missing = Map<string, string>

/** Keeps every listed file, or fails the whole install; what was kept by then is there when it begins again. */
async function keepAll(): Promise<void> {
  const cache = await caches.open(CACHE)
  const { have, usedLater } = await olderFiles()
  const missing: Missing = new Map([...FILES, ...(usedLater ? LATER : [])])
  const begun = await cache.keys()
  for (const { url } of begun) missing.delete(new URL(url).pathname)
  for (const [address, hash] of missing) {
    const response = have.get(address + hash)
    if (!response) continue
    await cache.put(address, marked(response, hash, LATER.has(address)))
    missing.delete(address)
  }
  // Whatever the pack did not bring is fetched: one that is cut, is of another version or isn't there fails nothing.
  if (begun.length === 0 && missing.size > FEW) await keepPack(cache, missing).catch(() => undefined)
  await Promise.all([...missing].map(([address, hash]) => keepOne(cache, address, hash)))
}

/** Keeps what is missing out of the pack, and only what is what the list says it is. */
async function keepPack(cache: Cache, missing: Missing): Promise<void> {
  // Not into the HTTP cache: it is taken apart once.
  const { ok, body, headers } = await fetch(KITH_PACK, { cache: 'no-store' })
  if (!ok || !body) return
  for await (const file of takenApart(body)) {
    const hash = missing.get(file.address)
    if (!hash || hash !== (await hashOf(file.body))) continue
    await cache.put(file.address, marked(new Response(file.body, { headers: headersOf(headers, file.address, hash) }), hash, false))
    missing.delete(file.address)
  }
}

/** Fetches a file past the HTTP cache. */
async function keepOne(cache: Cache, address: string, hash: string): Promise<void> {
  const response = await fetch(address, { cache: 'no-cache' })
  // A redirected response may not answer a navigation, and a page of the server's is not our file.
  if (!response.ok || response.redirected) throw new Error(`could not keep ${address}`)
  await cache.put(address, marked(response, hash, LATER.has(address)))
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
  if (FILES.has(url.pathname) || LATER.has(url.pathname)) return url.pathname
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

