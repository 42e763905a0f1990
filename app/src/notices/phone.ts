/**
 * Whether this phone is told, as far as anybody here can know; turning it on, and off.
 */
import type { Entry, Kith, Me, Row } from '../sync'
import { endHere } from './ending'
import { configOf, PushError, subscribe, type PushConfig, type PushFault } from './push'

/** The local fact that this phone's person asked for it. */
export const FACT = 'push'
/** The local fact that they were offered it, and what they said. */
export const OFFERED = 'push/offered'

const GOOGLE_MS = 5_000

export interface Fact {
  /** Whom it was turned on for. */
  member: string
  /** Where the browser's maker reaches this phone, and for which key: another one of either leads nowhere. */
  endpoint: string
  key: string
}

/**
 * `none`: this community tells no phones. `shared`: several people use this device. `home`: an iPhone wants it on the
 * home screen. `cannot`: this browser can't. `refused`: the person said no to the browser. `away`: the server didn't
 * take it. `unsent`: on, and the server isn't told yet.
 */
export type Standing = 'none' | 'shared' | 'home' | 'cannot' | 'refused' | 'off' | 'away' | 'unsent' | 'on'

export interface Facts {
  config: PushConfig | null
  me: Me | null
  /** The rows of this person's devices, and of those that are told. */
  devices: ReadonlyMap<string, Row>
  registrations: ReadonlyMap<string, Row>
  outbox: readonly Entry[]
  fact: Fact | undefined
  /** A turn on a device that several people use. */
  turn: boolean
  can: boolean
  home: boolean
  permission: NotificationPermission
}

export function standingOf({ config, me, devices, registrations, outbox, fact, turn, can, home, permission }: Facts): Standing {
  // What a till's tablet shows, everybody at the counter reads.
  if (turn || (me && devices.get(me.device)?.shop)) return 'shared'
  if (!config) return 'none'
  if (home) return 'home'
  if (!can) return 'cannot'
  if (permission === 'denied') return 'refused'
  if (!me || fact?.member !== me.member || permission !== 'granted') return 'off'
  if (refusedPut(outbox)) return 'away'
  const put = outbox.some(({ name, state }) => name === 'registrations.put' && (state === 'waiting' || state === 'sending'))
  return put || !registrations.has(me.device) ? 'unsent' : 'on'
}

/** What the server said no to, if it did. */
export function refusedPut(outbox: readonly Entry[]): Entry | undefined {
  return outbox.find(({ name, state }) => name === 'registrations.put' && (state === 'rejected' || state === 'quarantined'))
}

/**
 * Asks the browser, then Google, then tells the server. NB! To be called at once when a button is tapped: browsers ask a
 * person only as long as the tap is fresh. Answers what it came to; throws `SendError` if this phone can't keep it.
 */
export async function turnOn(kith: Kith, config: PushConfig): Promise<'on' | 'unanswered' | PushFault> {
  const permission = await Notification.requestPermission()
  if (permission !== 'granted') return permission === 'denied' ? 'refused' : 'unanswered'
  try {
    await put(kith, config, true)
  } catch (error) {
    if (error instanceof PushError) return error.fault
    throw error
  }
  void import('./keeping').then(({ keep }) => keep(kith))
  return 'on'
}

/** Gets a way to reach this phone and tells the server. Throws `PushError`, `SendError`. */
export async function put(kith: Kith, config: PushConfig, fresh: boolean): Promise<void> {
  const { me } = kith
  if (!me) return
  const { kind, value, endpoint } = await subscribe(config, fresh)
  const old = refusedPut(kith.outbox())
  if (old) await kith.dismiss(old.nonce)
  await kith.local.set(FACT, { member: me.member, endpoint, key: config.vapidKey } satisfies Fact)
  await kith.send('registrations.put', { kind, value })
}

/** Ends it here, at the server and at Google, as far as each can be reached; that nothing arrives here needs nobody. */
export async function turnOff(kith: Kith): Promise<void> {
  const old = refusedPut(kith.outbox())
  if (old) await kith.dismiss(old.nonce)
  await kith.send('registrations.end', {})
  await endAll(kith)
}

/** As `turnOff`, where the server knows already, or isn't to be told. */
export async function endAll(kith: Kith): Promise<void> {
  await kith.local.set(FACT, null)
  const config = configOf([...kith.rows('communities').values()][0])
  if (config && navigator.onLine) {
    const told = import('./firebase').then(({ forgetThere }) => forgetThere(config)).catch(() => undefined)
    await Promise.race([told, new Promise((late) => setTimeout(late, GOOGLE_MS))])
  }
  await endHere()
}

/** Whoever leaves this phone takes along that it is told for them. `known`: the server still knows this phone. */
export async function leavePhone(kith: Kith, { known = true } = {}): Promise<void> {
  if (!kith.local.get(FACT)) return
  await (known ? turnOff(kith) : endAll(kith)).catch(() => undefined)
}
