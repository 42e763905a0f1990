/**
 * Joining with an invite, and new tokens for a device that has joined. Comes after the first screen, like key.ts.
 */
import type { Env } from '../sync/env'
import type { Store } from '../sync/store'
import { post, Refused } from '../sync/transport'
import { JoinError } from '../sync/types'
import { keysToJoin, saveJoined, saveRenewed, type Account, type Joined } from './account'
import { handlesOf, newKeys, signProof } from './key'

/** Milliseconds to add to this phone's clock for the server's. */
type Offset = number

/** The ways in, and what each is asked with: an invite, a recovery card, a code from an e-mail. */
export type WayIn =
  | { path: '/api/join'; body: { invite: string; firstName: string; deviceName: string } }
  | { path: '/api/recover'; body: { code: string; deviceName: string } }
  | { path: '/api/code/confirm'; body: { id: string; code: string; deviceName: string } }

/**
 * Makes this phone a device of whoever was invited or comes back. Repeating it after a lost answer uses the
 * same key, and so ends as the same device; a phone that has joined before begins with a new key.
 */
export async function enter(env: Env, store: Store, offset: Offset, { path, body }: WayIn): Promise<Account> {
  const kept = await keysToJoin(store, await newKeys(store.keepsKeys))
  const keys = await handlesOf(kept)
  const joined = await signed(env, keys, offset, path, body)
  await saveJoined(store, kept, joined)
  return { keys, joined }
}

/** A new token for a device that has joined. */
export async function renew(env: Env, store: Store, offset: Offset, account: Account): Promise<Account> {
  const joined = await signed(env, account.keys, offset, '/api/session', { device: account.joined.device })
  const renewed = { keys: account.keys, joined }
  await saveRenewed(store, renewed)
  return renewed
}

/** Posts with a proof; a phone whose clock is wrong is told the time, and signs once more with that. */
async function signed(env: Env, keys: CryptoKeyPair, offset: Offset, path: string, body: object): Promise<Joined> {
  const once = async (now: number) => {
    const proof = await signProof(keys, { method: 'POST', address: env.origin + path, now })
    return post(env, path, { ...body, proof })
  }
  let reply = await once(env.now() + offset)
  if (!reply.ok && reply.refusal.code === 'proof_clock' && reply.refusal.now) {
    reply = await once(Date.parse(reply.refusal.now))
  }
  if (!reply.ok) throw new Refused(reply.refusal)
  return readJoined(reply.text)
}

function readJoined(text: string): Joined {
  const { member, device, firstName, roles, token, expires, pending, match, sealTo } = JSON.parse(text)
  if (typeof member !== 'string' || typeof device !== 'string' || typeof token !== 'string') {
    throw new JoinError('internal', 'The server gave an answer that this app doesn’t understand.')
  }
  return {
    member, device, token, firstName: String(firstName ?? ''), roles: Array.isArray(roles) ? roles.map(String) : [],
    expires: Date.parse(expires) || 0, sealTo: String(sealTo ?? ''), ...(pending === true ? { pending: true, match: String(match ?? '') } : {}),
  }
}
