/**
 * Who this device speaks for, as it lies on disk: `account` once the server has answered, and before that
 * `joining`, the key of a join that was begun, so that it can be repeated as the same device (protocol A1).
 *
 * A personal phone keeps the browser's own handle of the key, which can't be read out. On a shared device the next
 * person could use such a handle: there the key's bytes are kept, sealed like everything else of its owner, and a
 * handle is made of them while it is their turn.
 */
import type { Store } from '../sync/store'
import type { KeptKeys, NewKeys } from './key'

const DAY_MS = 86_400_000

export interface Account {
  keys: CryptoKeyPair
  joined: Joined
}

/** What join and session answer. */
export interface Joined {
  member: string
  device: string
  firstName: string
  roles: string[]
  token: string
  /** When the token ends, in milliseconds of the server's clock. */
  expires: number
  /** It waits to be let in; `match` are the six digits that both screens show. */
  pending?: boolean
  match?: string
  /** The server's transport key, base64url; '' or absent: it takes nothing sealed. */
  sealTo?: string
}

export async function loadAccount(store: Store): Promise<Account | null> {
  const kept: { keys: KeptKeys; joined: Joined } | undefined = await store.read(['device'], (txn) => txn.get('device', 'account'))
  if (!kept) return null
  const keys = 'jwk' in kept.keys ? await (await import('./key')).handlesOf(kept.keys) : kept.keys
  return { keys, joined: kept.joined }
}

/** True from a day before the token ends. */
export function endsSoon(joined: Joined, serverNow: number): boolean {
  return joined.token === '' || joined.expires - serverNow < DAY_MS
}

/** Keeps the account that a join was answered with; whatever was begun is over. */
export function saveJoined(store: Store, keys: KeptKeys, joined: Joined): Promise<void> {
  return store.write(
    ['device'],
    async (txn) => {
      await txn.put('device', 'account', { keys, joined })
      await txn.delete('device', 'joining')
    },
    'strict',
  )
}

/** Keeps what a session answered, for the account that is here; whatever was begun is over. */
export function saveRenewed(store: Store, account: Account): Promise<void> {
  return store.write(
    ['device'],
    async (txn) => {
      const before: { keys: KeptKeys } | undefined = await txn.get('device', 'account')
      await txn.put('device', 'account', { keys: before?.keys ?? account.keys, joined: account.joined })
      await txn.delete('device', 'joining')
    },
    'strict',
  )
}

/** The key to join with: of the join that was begun and not answered, or the new one. */
export function keysToJoin(store: Store, made: NewKeys): Promise<KeptKeys> {
  return store.write(
    ['device'],
    async (txn) => {
      const begun: KeptKeys | undefined = await txn.get('device', 'joining')
      if (!begun) await txn.put('device', 'joining', made.kept)
      return begun ?? made.kept
    },
    'strict',
  )
}
