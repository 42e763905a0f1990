/** What this phone and its browser say about being told, followed as it changes. */
import { createSubscriber } from 'svelte/reactivity'
import { app } from '../ui/app.svelte'
import { FACT, standingOf, type Fact, type Standing } from './phone'
import { canPush, configOf, needsHomeScreen, type PushConfig } from './push'

/** The browser's own yes or no can change while the page is open. */
const watchPermission = createSubscriber((update) => {
  let status: PermissionStatus | undefined
  void navigator.permissions?.query({ name: 'notifications' }).then((found) => (status = found).addEventListener('change', update), () => undefined)
  document.addEventListener('visibilitychange', update)
  return () => {
    status?.removeEventListener('change', update)
    document.removeEventListener('visibilitychange', update)
  }
})

export function permissionNow(): NotificationPermission {
  watchPermission()
  return 'Notification' in globalThis ? Notification.permission : 'default'
}

/** What this community's phones ask Google with. Read it in a component or a $derived, as the next. */
export function configNow(): PushConfig | null {
  return configOf([...app.live.rows('communities').values()][0])
}

export function standingNow(): Standing {
  return standingOf({
    config: configNow(), me: app.live.me, devices: app.live.rows('devices'), registrations: app.live.rows('registrations'), outbox: app.live.outbox(),
    fact: app.live.local(FACT) as Fact | undefined, turn: app.turn !== null, can: canPush() && app.live.status.storage !== 'blocked', home: needsHomeScreen() && !canPush(),
    permission: permissionNow(),
  })
}
