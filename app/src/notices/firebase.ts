/**
 * All that is loaded of Firebase, and only once somebody has asked to be told on this phone: it comes in a file of its
 * own that the worker keeps for nobody beforehand (build/worker.ts).
 */
import { _addOrOverwriteComponent, initializeApp, type FirebaseApp } from '@firebase/app'
import { Component } from '@firebase/component'
import { deleteInstallations, getInstallations } from '@firebase/installations'
import { getMessaging, getToken, onRegistered, register, unregister } from '@firebase/messaging'
import type { PushConfig, Registered } from './push'

declare module '@firebase/app' {
  export function _addOrOverwriteComponent(app: FirebaseApp, component: object): void
}

/** The backend knows no registrations by installation; then a token does, as it did before. */
const NO_FID = 'messaging/fid-registration-failed'

/** Asks Google for a way to reach this phone. */
export async function registerHere(config: PushConfig, serviceWorkerRegistration: ServiceWorkerRegistration): Promise<Registered> {
  const messaging = getMessaging(quiet(config))
  const options = { vapidKey: config.vapidKey, serviceWorkerRegistration }
  try {
    const value = await new Promise<string>((got, failed) => {
      onRegistered(messaging, got)
      register(messaging, options).catch(failed)
    })
    return { kind: 'fid', value }
  } catch (error) {
    if ((error as { code?: string }).code !== NO_FID) throw error
    return { kind: 'token', value: await getToken(messaging, options) }
  }
}

/** Has Google forget this phone. */
export async function forgetThere(config: PushConfig): Promise<void> {
  const app = quiet(config)
  await unregister(getMessaging(app))
  await deleteInstallations(getInstallations(app))
}

/** Without the part that notes on which days the app was used, and tells Google. */
function quiet({ apiKey, appId, projectId, messagingSenderId }: PushConfig): FirebaseApp {
  const app = initializeApp({ apiKey, appId, projectId, messagingSenderId })
  const silent = { triggerHeartbeat: async () => undefined, getHeartbeatsHeader: async () => '' }
  _addOrOverwriteComponent(app, new Component('heartbeat' as never, (() => silent) as never, 'PRIVATE' as never))
  return app
}
