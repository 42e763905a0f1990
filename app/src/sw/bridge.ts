/**
 * The page's side of the service worker: registering it, and telling the person about an update.
 */
import { trusted } from '../ui/trusted'

/** What a screen needs to offer an update. */
export interface Bridge {
  /** Ends the wait of the new version and reloads this page with it. */
  useUpdate(): void
}

const ADDRESS = '/sw.js'
const AGAIN_MS = 30_000

/**
 * Registers the worker and calls `updateReady` once when a new version waits to be used. Answers null where
 * there are no workers (an old browser, an address without HTTPS): the app then works, with signal only.
 */
export async function register(updateReady: () => void): Promise<Bridge | null> {
  if (!('serviceWorker' in navigator)) return null
  const workers = navigator.serviceWorker
  const registration = await installed(workers)
  if (!registration) return null

  let asked = false
  let told = false
  const look = () => {
    // Without a controller this is the first install: there is nothing to update from.
    if (told || !registration.waiting || !workers.controller) return
    told = true
    updateReady()
  }
  const watch = (worker: ServiceWorker | null) => worker?.addEventListener('statechange', look)
  watch(registration.installing)
  registration.addEventListener('updatefound', () => watch(registration.installing))
  workers.addEventListener('controllerchange', () => {
    if (asked) location.reload()
  })
  // A page that was on its way while the worker took over belongs to none: it would miss its files with no signal.
  void workers.ready.then(({ active }) => {
    if (!workers.controller) active?.postMessage('claim')
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void registration.update().catch(() => undefined)
  })
  look()
  return {
    useUpdate() {
      asked = true
      registration.waiting?.postMessage('skipWaiting')
    },
  }
}

/** The registration, once one version is kept. A first install that broke off, as the signal went, begins again. */
async function installed(workers: ServiceWorkerContainer): Promise<ServiceWorkerRegistration | null> {
  const address = trusted('kith-worker', ADDRESS)
  for (;;) {
    // Anything but a TypeError (a file that did not come) will be the same the next time.
    const registration = await workers.register(address, { updateViaCache: 'none' }).catch((error) => (error instanceof TypeError ? undefined : null))
    if (registration === null || (registration && (await keeps(registration)))) return registration
    await new Promise<void>((again) => {
      setTimeout(again, AGAIN_MS)
      addEventListener('online', () => again(), { once: true })
    })
  }
}

/** Whether some version is kept, once it is known. */
async function keeps({ installing, waiting, active }: ServiceWorkerRegistration): Promise<boolean> {
  if (!installing || waiting || active) return Boolean(waiting || active)
  await new Promise<void>((settled) => {
    const look = () => installing.state !== 'installing' && settled()
    installing.addEventListener('statechange', look)
    look()
  })
  return installing.state !== 'redundant'
}
