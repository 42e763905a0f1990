/**
 * The chain of a till: each record names the one before, so that none can be left out unseen. One at a time writes it,
 * whichever tab; and where browsers have no locks, the head itself says that somebody else was first.
 */
import type { Claims } from '../card/tokens'
import { Moved, type Kept, type Till, type TillStore } from './store'
import { mayTake } from './word'

/** Signs a record; its id is of what was signed. */
export type Sign = (key: CryptoKey, claims: Claims) => Promise<{ id: string; raw: string }>

export interface Clock {
  now: () => number
  offset: () => number
}

/** What is to be written: the record's own claims, and what this device keeps beside them. `at`: when it was shown, if that was before. */
export type Entry = Pick<Claims, 'act' | 'code' | 'of'> & { packed?: Uint8Array; packedVoucher?: Uint8Array; at?: number } & Pick<Kept, 'kind' | 'card' | 'proof' | 'voucher' | 'reward'>

export class TillOver extends Error {
  override name = 'TillOver'
}

const turns = new Map<string, Promise<unknown>>()

/** Runs `work` alone among the tabs of this device; where the browser has no locks, among what this page does. */
export function alone<T>(what: string, work: () => Promise<T>): Promise<T> {
  const locks = globalThis.navigator?.locks as LockManager | undefined
  if (locks) return locks.request(`kith till ${what}`, work) as Promise<T>
  const run = (turns.get(what) ?? Promise.resolve()).then(work)
  turns.set(what, run.catch(() => undefined))
  return run
}

/**
 * Asks `decide`, with all that this device knows, what is to be written, and writes it behind the head. `decide` may
 * answer something else than an entry: then nothing is written. Where the chain has moved meanwhile, it is asked again.
 */
export function append<T>(store: TillStore, id: string, clock: Clock, sign: Sign, decide: (till: Till, records: Kept[], now: number) => { write: Entry } | { say: T }): Promise<{ wrote: Kept } | { say: T }> {
  return alone(id, async () => {
    for (;;) {
      const till = await store.till(id)
      const now = clock.now() + clock.offset()
      if (!till || !mayTake(till, now)) throw new TillOver('no such till')
      const decided = decide(till, await store.records(), now)
      if ('say' in decided) return decided
      const kept = await signed(till, decided.write, now, clock.offset(), sign)
      try {
        await store.append(till, kept)
        return { wrote: kept }
      } catch (error) {
        if (!(error instanceof Moved)) throw error
      }
    }
  })
}

async function signed(till: Till, entry: Entry, now: number, offset: number, sign: Sign): Promise<Kept> {
  const { act, code, of, packed, packedVoucher, at = now, ...beside } = entry
  const iat = Math.floor(at / 1000)
  const claims: Claims = { till: till.id, shop: till.shop, jti: newJti(), iat, seq: till.seq + 1, prv: till.head, act, offset: Math.round(offset) }
  if (packed) claims.card = packed
  if (code) claims.code = code
  if (packedVoucher) claims.voucher = packedVoucher
  if (of) claims.of = of
  const { id, raw } = await sign(till.keys.privateKey, claims)
  return { id, till: till.id, shop: till.shop, seq: claims.seq, at: iat * 1000, act, raw, ...beside, ...(of ? { of } : {}) }
}

/** 64 random bits in hex. */
function newJti(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
