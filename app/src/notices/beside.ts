/**
 * What was read, on whichever phone, need not be said by this one any more: its notification goes away.
 */
import type { Kith } from '../sync'
import { shown } from './showing'

export async function closeRead(kith: Kith): Promise<void> {
  const all = await shown(await navigator.serviceWorker?.getRegistration())
  const notices = kith.rows('notices')
  for (const notification of all) {
    const told = notices.get(String(notification.data?.n ?? ''))
    if (told?.read) notification.close()
  }
}
