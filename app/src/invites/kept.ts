/**
 * The codes of invites. Each is made on this phone and stays on it: the server learns a hash, and nobody can
 * look a code up. It is forgotten here as soon as it opens nothing any more.
 */
import { hashOf, newCode } from '../device/code'
import { newId, type Kith } from '../sync'
import { inviteOf, standingOf, type Role } from './invites'

const KEY = 'invites/codes'

interface Code {
  code: string
  /** When it runs out at the latest, in milliseconds. */
  until: number
}
export type Codes = Readonly<Record<string, Code>>

/** The fact that screens follow: `app.live.local(CODES)`. */
export const CODES = KEY

const codesOf = (kith: Kith): Codes => (kith.local.get(KEY) as Codes | undefined) ?? {}

export interface Wanted {
  role: Role
  shop?: string
  /** Of role `member`: whose device. */
  member?: string
  /** The circle that whoever joins with it may help in. */
  circle?: string
  /** The listing that whoever joins with it runs with others. */
  listing?: string
  uses: number
  days: number
  note: string
}

/** Makes a code, keeps it here, and sends its hash. Answers the id of the invite. Throws `SendError`. */
export async function makeInvite(kith: Kith, { role, shop, member, circle, listing, uses, days, note }: Wanted, now: number): Promise<string> {
  const id = newId()
  const code = newCode()
  await kith.local.set(KEY, { ...codesOf(kith), [id]: { code, until: now + days * 86_400_000 } })
  try {
    await kith.send('invites.make', { id, codeHash: await hashOf(code), role, ...(shop ? { shop } : {}), ...(member ? { member } : {}), ...(circle ? { circle } : {}), ...(listing ? { listing } : {}), uses, days, note })
  } catch (error) {
    await forget(kith, [id])
    throw error
  }
  return id
}

/** Keeps a code that was made for something else than an invite, such as helping somebody back. */
export async function keepCode(kith: Kith, id: string, code: string, until: number): Promise<void> {
  await kith.local.set(KEY, { ...codesOf(kith), [id]: { code, until } })
}

async function forget(kith: Kith, ids: readonly string[]): Promise<void> {
  const left = Object.fromEntries(Object.entries(codesOf(kith)).filter(([id]) => !ids.includes(id)))
  await kith.local.set(KEY, Object.keys(left).length ? left : null)
}

/** Forgets the codes of invites that are used up, ended or over. An undone end would miss its code, so only what has been sent counts. */
export async function forgetSpent(kith: Kith, now: number): Promise<void> {
  const held = kith.rows('invites')
  const unsent = new Set(kith.outbox().map((entry) => entry.args?.id as string))
  const spent = Object.entries(codesOf(kith)).filter(([id, { until }]) => {
    const row = held.get(id)
    if (unsent.has(id)) return false
    return until <= now || (row !== undefined && standingOf(inviteOf(row), now) !== 'open')
  })
  if (spent.length > 0) await forget(kith, spent.map(([id]) => id))
}
