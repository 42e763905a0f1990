/**
 * Joining with an invite, and new tokens for a device that has joined.
 */
import type { Env } from '../sync/env'
import type { Refusal } from '../sync/refusal'
import type { Store } from '../sync/store'
import { post } from '../sync/transport'
import { JoinError } from '../sync/types'
import { keysToJoin, saveAccount, type Account, type Joined } from './account'
import { newKeys, signProof } from './key'

const DAY_MS = 86_400_000

/** The server refused; `refusal.code` says why. */
export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message)
    this.name = 'Refused'
  }
}

/** Milliseconds to add to this phone's clock for the server's. */
type Offset = number

/**
 * Makes this phone a device of whoever was invited. Repeating it after a lost answer uses the same key, and
 * so ends as the same device; a phone that has joined before begins with a new key.
 */
export async function join(
  env: Env, store: Store, offset: Offset, asked: { invite: string; firstName: string; deviceName: string },
): Promise<Account> {
  const keys = await keysToJoin(store, await newKeys())
  const joined = await signed(env, keys, offset, '/api/join', asked)
  const account = { keys, joined }
  await saveAccount(store, account)
  return account
}

/** A new token for a device that has joined. */
export async function renew(env: Env, store: Store, offset: Offset, account: Account): Promise<Account> {
  const joined = await signed(env, account.keys, offset, '/api/session', { device: account.joined.device })
  const renewed = { keys: account.keys, joined }
  await saveAccount(store, renewed)
  return renewed
}

/** True from a day before the token ends. */
export function endsSoon(joined: Joined, serverNow: number): boolean {
  return joined.token === '' || joined.expires - serverNow < DAY_MS
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
  const { member, device, firstName, roles, token, expires } = JSON.parse(text)
  if (typeof member !== 'string' || typeof device !== 'string' || typeof token !== 'string') {
    throw new JoinError('internal', 'The server gave an answer that this app doesn’t understand.')
  }
  return {
    member, device, token, firstName: String(firstName ?? ''), roles: Array.isArray(roles) ? roles.map(String) : [],
    expires: Date.parse(expires) || 0,
  }
}
