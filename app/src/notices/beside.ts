/**
 * What was read, on whichever phone, need not be said by this one any more: its notification goes away.
 */
import type { Kith } from '../sync'

export async function closeRead(kith: Kith): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration()
  if (!registration?.getNotifications) return
  const notices = kith.rows('notices')
  for (const notification of await registration.getNotifications()) {
    const told = notices.get(String(notification.data?.n ?? ''))
    if (told?.read) notification.close()
  }
}
