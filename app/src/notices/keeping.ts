/**
 * What goes on beside the screens while this phone is told: what the worker says is heard, and the way to reach this
 * phone is renewed when it has grown old or leads nowhere. It is loaded only where somebody asked to be told, and
 * nothing waits for it.
 */
import type { Kith } from '../sync'
import { router } from '../ui/router.svelte'
import { configOf, endpointNow, type PushConfig } from './push'
import { endAll, FACT, put, refusedPut, turnOff, type Fact } from './phone'

const DAY_MS = 86_400_000
/** The server drops what it hasn't heard of for long, so a phone that is used says so each month. */
const MONTH_DAYS = 30
/** One that failed isn't tried again at once. */
const AGAIN_MS = 3_600_000

let kept: Kith | null = null
let tried = -Infinity

/** Begins, once. */
export function keep(kith: Kith): void {
  if (kept === kith) return
  kept = kith
  navigator.serviceWorker?.addEventListener('message', (event) => hear(kith, event))
  const topics = ['@me', '@status', 'registrations', 'communities']
  kith.subscribe((changed) => topics.some((topic) => changed.has(topic)) && void look(kith))
  void look(kith)
}

function hear(kith: Kith, { data, ports }: MessageEvent): void {
  if (data === 'poke') {
    void kith.syncNow()
    void look(kith)
  }
  if (typeof data?.open === 'string' && data.open.startsWith('/notices')) {
    ports[0]?.postMessage('going')
    router.go(data.open)
  }
}

let looking: Promise<void> | null = null

/** One at a time; what fails is tried with a later change. */
function look(kith: Kith): Promise<void> {
  looking ??= once(kith, Date.now())
    .catch(() => undefined)
    .finally(() => (looking = null))
  return looking
}

async function once(kith: Kith, now: number): Promise<void> {
  const fact = kith.local.get(FACT) as Fact | undefined
  const { me } = kith
  if (!fact || !me) return
  // This phone has changed hands: what comes for the one before is not for these eyes.
  if (fact.member !== me.member) return endAll(kith)
  // The person has taken it back in the browser's own settings.
  if (Notification.permission !== 'granted') return turnOff(kith)
  const config = configOf([...kith.rows('communities').values()][0])
  const need = config && needOf({ fact, config, endpoint: await endpointNow(), day: kith.rows('registrations').get(me.device)?.day, now })
  if (!config || !need || !settled(kith) || now - tried < AGAIN_MS) return
  tried = now
  await put(kith, config, need === 'fresh')
}

/** Whether the rows say how things stand: all that was said is answered, and the answer has been read. */
function settled(kith: Kith): boolean {
  const { online, lastSync, syncing, fault } = kith.status
  const waits = kith.outbox().some(({ name, state }) => name.startsWith('registrations.') && (state === 'waiting' || state === 'sending'))
  return online && lastSync !== null && !syncing && !fault && !waits && !refusedPut(kith.outbox())
}

/**
 * What is to be done. `fresh`: what there is leads nowhere: the browser or the community has changed it, or the server
 * was told by Google that it does. `again`: it has grown old.
 */
export function needOf({ fact, config, endpoint, day, now }: { fact: Fact; config: PushConfig; endpoint: string; day: string | undefined; now: number }): 'fresh' | 'again' | null {
  if (endpoint === '' || endpoint !== fact.endpoint || fact.key !== config.vapidKey || day === undefined) return 'fresh'
  return now - Date.parse(day) > MONTH_DAYS * DAY_MS ? 'again' : null
}
