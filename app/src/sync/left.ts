/**
 * What waits when a turn on a shared device ends: enough to seal it for whoever brings it to the server.
 */
import type { Account } from '../device/account'
import type { Prover } from '../device/prover'
import { isPending, type Saved } from './queue'
import type { Replica } from './replica'

export interface Left {
  waiting: Saved[]
  token: string
  /** That this device sealed it. */
  proof: string
  sealTo: string
  cursor: string
}

/** With what a letter of this device shows whose it is, to whoever opens it. */
export interface Letterhead {
  token: string
  proof: string
  sealTo: string
  /** The server's time, as far as this phone knows it, in milliseconds. */
  now: number
}

/** For a letter that is brought to `path`. Null: nobody has joined here, or this server takes nothing sealed. */
export async function letterheadOf(path: string, now: number, account: Account | null, prover: Prover): Promise<Letterhead | null> {
  const { token, sealTo } = account?.joined ?? {}
  if (!token || !sealTo) return null
  const { DPoP: proof = '' } = await prover.headers('POST', path, token, true)
  return { token, proof, sealTo, now }
}

/** Null: nothing waits, or this server takes nothing sealed. */
export async function leftOf({ entries, meta }: Replica, account: Account | null, prover: Prover): Promise<Left | null> {
  const waiting = [...entries.values()].filter(isPending)
  const { token, sealTo } = account?.joined ?? {}
  if (waiting.length === 0 || !token || !sealTo) return null
  const { DPoP: proof = '' } = await prover.headers('POST', '/api/sync/sealed', token, true)
  return { waiting, token, proof, sealTo, cursor: meta.cursor }
}
