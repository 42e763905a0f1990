/**
 * Who asks what is shown waits for who is showing something: Chromium forgets a notification that it has written down
 * and not yet put on the screen when a page asks for all of them, and a tap on it then leads nowhere.
 */

/** Held shared by the worker while it shows one, which waits for nobody. */
export const SHOWING = 'kith-showing'

/** What this phone shows now. */
export async function shown(registration: ServiceWorkerRegistration | undefined): Promise<Notification[]> {
  if (!registration?.getNotifications) return []
  const all = () => registration.getNotifications()
  const locks = globalThis.navigator?.locks as LockManager | undefined
  return locks ? locks.request(SHOWING, all) : all()
}
