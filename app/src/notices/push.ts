/**
 * Getting a way to reach this phone, and what may keep a phone from having one. Nothing here is waited for when the app
 * starts: a browser that can't reach Google was seen to say nothing for longer than anybody would wait.
 */
import type { Row } from '../sync'
import { reset } from './ending'

/** What a browser needs to ask Google; `communities.push` has it. There is no secret in it. */
export interface PushConfig {
  apiKey: string
  appId: string
  projectId: string
  messagingSenderId: string
  vapidKey: string
}

/** How the server reaches this phone. */
export interface Registered {
  kind: 'fid' | 'token'
  value: string
}

/** Why there is none: no signal, no answer of Google's, the app isn't kept here yet, or the person said no. */
export type PushFault = 'offline' | 'unreached' | 'early' | 'refused'

export class PushError extends Error {
  constructor(readonly fault: PushFault) {
    super(fault)
    this.name = 'PushError'
  }
}

export const LIMIT_MS = 20_000

/** What of this phone's can be asked to show something. */
export function canPush(): boolean {
  return 'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis && 'showNotification' in ServiceWorkerRegistration.prototype
}

/** An iPhone or iPad that shows this in a browser's window: only what is on its home screen may be told anything. */
export function needsHomeScreen(agent = navigator.userAgent, touches = navigator.maxTouchPoints): boolean {
  // An iPad says that it is a Mac; no Mac has a screen to touch.
  const apple = /iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && touches > 1)
  return apple && !matchMedia('(display-mode: standalone)').matches
}

/** `communities.push` as far as it can be used; null: this community tells no phones anything. */
export function configOf(row: Row | undefined): PushConfig | null {
  const push = row?.push as Partial<PushConfig> | null | undefined
  const whole = push && (['apiKey', 'appId', 'projectId', 'messagingSenderId', 'vapidKey'] as const).every((key) => typeof push[key] === 'string' && push[key] !== '')
  return whole ? (push as PushConfig) : null
}

/**
 * Asks Google, for up to twenty seconds. `fresh`: what there was is thrown away before, since it leads nowhere any
 * more. Throws `PushError`.
 */
export async function subscribe(config: PushConfig, fresh: boolean): Promise<Registered & { endpoint: string }> {
  if (!navigator.onLine) throw new PushError('offline')
  let stop: ReturnType<typeof setTimeout> | undefined
  let fault: PushFault = 'early'
  const late = new Promise<never>((_, failed) => (stop = setTimeout(() => failed(new PushError(fault)), LIMIT_MS)))
  const ask = async () => {
    const registration = await navigator.serviceWorker.ready
    fault = 'unreached'
    if (fresh) await reset()
    const got = await (await import('./firebase')).registerHere(config, registration)
    return { ...got, endpoint: await endpointNow(registration) }
  }
  try {
    return await Promise.race([ask(), late])
  } catch (error) {
    if (error instanceof PushError) throw error
    throw new PushError(Notification.permission === 'granted' ? 'unreached' : 'refused')
  } finally {
    clearTimeout(stop)
  }
}

/** Where the browser's maker reaches this phone just now; '': nowhere. */
export async function endpointNow(registration?: ServiceWorkerRegistration): Promise<string> {
  const here = registration ?? (await navigator.serviceWorker.getRegistration())
  return (await here?.pushManager.getSubscription())?.endpoint ?? ''
}
