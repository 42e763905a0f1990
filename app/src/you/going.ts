/**
 * Leaving, or being erased. It is asked for now, and this phone forgets its person as soon as the server has done it,
 * whichever screen is open by then.
 */
import { leavePhone } from '../notices/phone'
import { doLast } from '../turns/last'
import { app } from '../ui/app.svelte'
import { router } from '../ui/router.svelte'

/** The local fact that names the command by which they go. */
export const LEAVING = 'leaving'

let following = false
let going = false

/** Asks for it. Resolves once it is safe on this phone; throws `SendError` if it isn't. */
export async function goAway(name: 'people.leave' | 'people.erase', args: object): Promise<void> {
  await doLast()
  const { nonce } = await app.kith.send(name, args)
  await app.kith.local.set(LEAVING, nonce)
  follow()
}

/** Doesn't send it after all. False: it may have been sent. */
export async function stay(nonce: string): Promise<boolean> {
  await app.kith.local.set(LEAVING, null)
  const stays = await app.kith.withdraw(nonce)
  if (!stays) await app.kith.local.set(LEAVING, nonce)
  void look()
  return stays
}

/** Waits for what becomes of it, also after a restart. */
export function follow(): void {
  if (following) return
  following = true
  app.kith.subscribe((changed) => (changed.has('@outbox') || changed.has('@status')) && void look())
  void look()
}

async function look(): Promise<void> {
  const nonce = app.kith.local.get(LEAVING)
  if (!nonce || going) return
  const entry = app.kith.outbox().find((one) => one.nonce === nonce)
  if (entry?.state === 'waiting' || entry?.state === 'sending') return
  // Refused: it stands in what was sent, and this phone stays theirs.
  if (entry) return app.kith.local.set(LEAVING, null)
  // NB! Gone from the queue is no answer: it may have been taken back there. That the server knows them no more is.
  if (app.kith.status.fault !== 'device_unknown') return
  going = true
  try {
    await leavePhone(app.kith, { known: false })
    await app.kith.leave()
    router.go('/you/goodbye')
  } finally {
    going = false
  }
}
