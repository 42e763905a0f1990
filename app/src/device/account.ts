/**
 * Who this device speaks for, as it lies on disk: `account` once the server has answered, and before that
 * `joining`, the key of a join that was begun, so that it can be repeated as the same device (protocol A1).
 */
import type { Store } from '../sync/store'

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
}

export function loadAccount(store: Store): Promise<Account | null> {
  return store.read(['device'], async (txn) => (await txn.get('device', 'account')) ?? null)
}

/** Keeps the account; whatever was begun is over. */
export function saveAccount(store: Store, account: Account): Promise<void> {
  return store.write(
    ['device'],
    async (txn) => {
      await txn.put('device', 'account', account)
      await txn.delete('device', 'joining')
    },
    'strict',
  )
}

/** The key to join with: of the join that was begun and not answered, or the new one. */
export function keysToJoin(store: Store, made: CryptoKeyPair): Promise<CryptoKeyPair> {
  return store.write(
    ['device'],
    async (txn) => {
      const begun: CryptoKeyPair | undefined = await txn.get('device', 'joining')
      if (!begun) await txn.put('device', 'joining', made)
      return begun ?? made
    },
    'strict',
  )
}

export function forgetAccount(store: Store): Promise<void> {
  return store.write(['device'], (txn) => txn.delete('device', 'account'), 'strict')
}
