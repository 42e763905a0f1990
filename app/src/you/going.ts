/**
 * Leaving, or being erased. It is asked for now, and this phone forgets its person as soon as the server has done it,
 * whichever screen is open by then.
 */
import { app } from '../ui/app.svelte'
import { router } from '../ui/router.svelte'

/** The local fact that names the command by which they go. */
export const LEAVING = 'leaving'

let following = false

/** Asks for it. Resolves once it is safe on this phone; throws `SendError` if it isn't. */
export async function goAway(name: 'people.leave' | 'people.erase', args: object): Promise<void> {
  const { nonce } = await app.kith.send(name, args)
  await app.kith.local.set(LEAVING, nonce)
  follow()
}

/** Waits for what becomes of it, also after a restart. */
export function follow(): void {
  if (following) return
  following = true
  app.kith.subscribe((changed) => changed.has('@outbox') && void look())
  void look()
}

async function look(): Promise<void> {
  const nonce = app.kith.local.get(LEAVING)
  if (!nonce) return
  const entry = app.kith.outbox().find((one) => one.nonce === nonce)
  if (entry?.state === 'waiting' || entry?.state === 'sending') return
  await app.kith.local.set(LEAVING, null)
  if (entry) return // refused: it stands in what was sent, and this phone stays theirs
  await app.kith.leave()
  router.go('/you/goodbye')
}
