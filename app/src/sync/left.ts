/**
 * What waits when a turn on a shared device ends: enough to seal it for whoever brings it to the server.
 */
import type { Account } from '../device/account'
import type { Prover } from '../device/prover'
import { change, isPending, type Queue, type Saved } from './queue'
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
export async function leftOf(replica: Replica, account: Account | null, prover: Prover): Promise<Left | null> {
  const waiting = [...replica.entries.values()].filter(isPending)
  const { token, sealTo } = account?.joined ?? {}
  if (waiting.length === 0 || !token || !sealTo) return null
  const { DPoP: proof = '' } = await prover.headers('POST', '/api/sync/sealed', token, true)
  // Somebody else brings it from now on: it can't be taken back here any more.
  // Where that can't be noted, what was done goes its way all the same.
  await replica.changeQueue(markSent).catch(() => false)
  return { waiting, token, proof, sealTo, cursor: replica.meta.cursor }
}

function markSent(queue: Queue): boolean {
  const unsent = [...queue.entries.values()].filter((entry) => isPending(entry) && !entry.sent)
  for (const entry of unsent) change(queue, { ...entry, sent: true })
  return unsent.length > 0
}
