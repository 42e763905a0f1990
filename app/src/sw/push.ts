/**
 * What comes by push: three short facts (`v`, `n`, `k`), of which the words are made here. A push that shows nothing is
 * counted against the app, and after a few the phone is told nothing any more: so each one shows something, whatever it
 * is and whatever is open. That it was shown a while ago is remembered, and then it neither rings nor moves.
 */
import { SHOWING } from '../notices/showing'
import { pushed, type Kind } from '../words/pushed'

declare const self: ServiceWorkerGlobalScope

/** Not one of the app's own caches: it stays when there is a new version, and goes with its person (notices/ending.ts). */
const TOLD = 'kith-told'
const TOLD_LIST = '/told'
const TOLD_MOST = 50
/** What comes twice within it was sent twice by mistake; later, somebody is told again of what they have not read. */
const TWICE_MS = 600_000
const SOON_MS = 2_000
/** How long a page may take to say that it goes there itself. */
const ANSWER_MS = 2_000

interface Came {
  /** The notice; '': none that could be read. */
  n: string
  k: Kind | 'other'
}

let last: Promise<unknown> = Promise.resolve()

/** Shows it, and lets open pages look for what is new. Of two that come at once the second waits for the first. */
export function show(event: PushEvent): Promise<void> {
  const came = read(event)
  const done = soon(last, undefined).then(() => showOne(came))
  last = done
  return done
}

async function showOne({ n, k }: Came): Promise<void> {
  const again = n !== '' && (await soon(wasTold(n, Date.now()), false))
  const { title, body } = pushed[k]
  // A newer one of the same kind may be in its place by now: that is where a tap leads.
  const there = again ? (await soon(self.registration.getNotifications({ tag: k }), []))[0] : undefined
  const icon = await soon(picture(), undefined)
  const options = { body, tag: k, data: there?.data ?? { n }, renotify: !again, silent: again, ...(icon && { icon, badge: icon }) }
  const put = async () => {
    await self.registration.showNotification(title, options)
    // Only now: what was cut off in between rings when it comes again.
    if (n !== '' && !again) await soon(remember(n, Date.now()), undefined)
  }
  const locks = globalThis.navigator?.locks as LockManager | undefined
  await (locks ? locks.request(SHOWING, { mode: 'shared', ifAvailable: true }, put) : put())
  await poke()
}

/** Whatever is slow or broken here, something is shown: after so long it is done without. */
function soon<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  return Promise.race([asked.catch(() => otherwise), new Promise<T>((late) => setTimeout(() => late(otherwise), SOON_MS))])
}

/** The app's icon out of the cache: the address of one is fetched past it, and nothing is shown until that has come. */
async function picture(): Promise<string | undefined> {
  const kept = await caches.match('/icons/kith-192.png')
  return kept && `data:image/png;base64,${btoa(String.fromCharCode(...new Uint8Array(await kept.arrayBuffer())))}`
}

/** As much of it as can be read. */
function read(event: PushEvent): Came {
  try {
    const { v, n, k } = event.data!.json().data
    if (v === '1' && typeof n === 'string' && /^[a-z0-9]{1,40}$/.test(n)) return { n, k: Object.hasOwn(pushed, k) ? k : 'other' }
  } catch {
    // Words that fit everything will do.
  }
  return { n: '', k: 'other' }
}

/** Whether this was shown just now. */
async function wasTold(n: string, now: number): Promise<boolean> {
  const before = (await told(await caches.open(TOLD))).find(([one]) => one === n)
  return before !== undefined && Math.abs(now - before[1]) < TWICE_MS
}

async function remember(n: string, now: number): Promise<void> {
  const cache = await caches.open(TOLD)
  const others = (await told(cache)).filter(([one]) => one !== n)
  await cache.put(TOLD_LIST, Response.json([...others, [n, now]].slice(-TOLD_MOST)))
}

async function told(cache: Cache): Promise<[n: string, at: number][]> {
  return (await (await cache.match(TOLD_LIST))?.json()) ?? []
}

/** Tells open pages that there is something new. Also when the browser has changed where this phone is reached. */
export async function poke(): Promise<void> {
  for (const page of await pages()) page.postMessage('poke')
}

/** Leads to what was tapped: in a page that is open, or in a new one. */
export async function open(notification: Notification): Promise<void> {
  notification.close()
  const n: unknown = notification.data?.n
  const address = typeof n === 'string' && n ? `/notices/${n}` : '/notices'
  const all = await pages()
  const page = all.find(({ focused }) => focused) ?? all.find(({ visibilityState }) => visibilityState === 'visible') ?? all[0]
  if (!page) return void (await self.clients.openWindow(address))
  // By itself it loses nothing that is typed there; one that doesn't answer is led.
  const goes = asked(page, address)
  await page.focus().catch(() => undefined)
  if (!(await goes)) await page.navigate(address).catch(() => self.clients.openWindow(address))
}

function asked(page: WindowClient, address: string): Promise<boolean> {
  return new Promise((answered) => {
    const { port1, port2 } = new MessageChannel()
    const done = (goes: boolean) => {
      port1.close()
      answered(goes)
    }
    port1.onmessage = () => done(true)
    setTimeout(() => done(false), ANSWER_MS)
    page.postMessage({ open: address }, [port2])
  })
}

/** Those of the app: the dashboard of whoever runs the server is no place to lead anybody to, or away from. */
async function pages(): Promise<readonly WindowClient[]> {
  const all = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  return all.filter(({ url }) => !new URL(url).pathname.startsWith('/_/'))
}
