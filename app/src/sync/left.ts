/**
 * What waits when a turn on a shared device ends: enough to seal it for whoever brings it to the server.
 */
import type { Account } from '../device/account'
import { isPending, type Saved } from './queue'
import type { Replica } from './replica'

export interface Left {
  waiting: Saved[]
  token: string
  sealTo: string
  cursor: string
}

/** Null: nothing waits, or this server takes nothing sealed. */
export function leftOf({ entries, meta }: Replica, account: Account | null): Left | null {
  const waiting = [...entries.values()].filter(isPending)
  const { token, sealTo } = account?.joined ?? {}
  return waiting.length > 0 && token && sealTo ? { waiting, token, sealTo, cursor: meta.cursor } : null
}
