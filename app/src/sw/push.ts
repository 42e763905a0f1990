/**
 * What comes by push: three short facts (`v`, `n`, `k`), of which the words are made here. A push that shows nothing is
 * counted against the app, and after a few the phone is told nothing any more: so each one shows something, whatever it
 * is and whatever is open. That it was shown a while ago is remembered, and then it neither rings nor moves.
 */
import { pushed, type Kind } from '../words/pushed'

declare const self: ServiceWorkerGlobalScope

/** Not one of the app's own caches: it stays when there is a new version, and goes with its person (notices/ending.ts). */
const TOLD = 'kith-told'
const TOLD_LIST = '/told'
const TOLD_MOST = 50
/** What comes twice within it was sent twice by mistake; later, somebody is told again of what they have not read. */
const TWICE_MS = 600_000
/** How long a page may take to say that it goes there itself. */
const ANSWER_MS = 2_000

interface Came {
  /** The notice; '': none that could be read. */
  n: string
  k: Kind | 'other'
}

/** Shows it, and lets open pages look for what is new. */
export async function show(event: PushEvent): Promise<void> {
  const { n, k } = read(event)
  const again = n !== '' && (await wasTold(n, Date.now()))
  const { title, body } = pushed[k]
  // A newer one of the same kind may be in its place by now: that is where a tap leads.
  const there = again ? (await self.registration.getNotifications({ tag: k }).catch(() => []))[0] : undefined
  const options = { body, tag: k, data: there?.data ?? { n }, renotify: !again, silent: again, icon: '/icons/kith-192.png', badge: '/icons/kith-192.png' }
  await self.registration.showNotification(title, options)
  await poke()
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

let telling: Promise<unknown> = Promise.resolve()

/** Whether this was shown just now; from now on it was. Two that come at once wait for each other. */
function wasTold(n: string, now: number): Promise<boolean> {
  const look = async () => {
    const cache = await caches.open(TOLD)
    const list: [n: string, at: number][] = (await (await cache.match(TOLD_LIST))?.json()) ?? []
    const before = list.find(([one]) => one === n)
    if (before && Math.abs(now - before[1]) < TWICE_MS) return true
    await cache.put(TOLD_LIST, Response.json([...list.filter((one) => one !== before), [n, now]].slice(-TOLD_MOST)))
    return false
  }
  const told = telling.then(look).catch(() => false)
  telling = told
  return told
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
