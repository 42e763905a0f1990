/**
 * The key of a person's card on this phone. It is the card's own, not the device's: a till sees it, and what a till
 * sees must lead to nothing else. It lies in the person's own store, like the device's key (device/account.ts), so that
 * on a shared tablet it is there while it is their turn and sealed while it isn't.
 *
 * | store    | key    | value                                           |
 * |----------|--------|-------------------------------------------------|
 * | `device` | `card` | `{keys, member}`: the pair, and whose card it is |
 */
import { handlesOf, newKeys, type KeptKeys } from '../device/key'
import type { Store } from '../sync/store'

/** What a card is shown with. */
export interface Bearer {
  keys: CryptoKeyPair
  /** The public half, as the server puts it into the card. */
  jwk: PublicKey
  /** The server's time in milliseconds, as far as this phone knows it. */
  now(): number
}

export interface PublicKey {
  kty: 'EC'
  crv: 'P-256'
  x: string
  y: string
}

interface Kept {
  keys: KeptKeys
  member: string
}

/** The key that is here for `member`, or a new one. `fresh`: a new one in any case. */
export async function bearerOf(store: Store, member: string, now: () => number, fresh: boolean): Promise<Bearer> {
  const made = await newKeys(store.keepsKeys)
  const kept = await store.write(
    ['device'],
    async (txn) => {
      const before: Kept | undefined = await txn.get('device', 'card')
      // Another tab may have made one meanwhile; what another person left here is not this one's.
      if (before && before.member === member && !fresh) return before.keys
      await txn.put('device', 'card', { keys: made.kept, member } satisfies Kept)
      return made.kept
    },
    'strict',
  )
  const keys = await handlesOf(kept)
  const { x, y } = await crypto.subtle.exportKey('jwk', keys.publicKey)
  return { keys, now, jwk: { kty: 'EC', crv: 'P-256', x: x!, y: y! } }
}
