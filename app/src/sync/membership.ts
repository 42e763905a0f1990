/**
 * The account of this device while the app is open: how it came, and how its token is kept fresh.
 */
import { endsSoon, loadAccount, type Account } from '../device/account'
import type { WayIn } from '../device/session'
import type { Env } from './env'
import { doors, ways } from './lazily'
import { RefusedSession } from './loop'
import type { Store } from './store'
import { Refused } from './transport'
import { JoinError } from './types'

export interface MembershipOptions {
  env: Env
  store: Store
  /** Milliseconds to add to this phone's clock for the server's. */
  offset: () => number
  /** There is a new token. */
  renewed: () => void
}

export class Membership {
  account: Account | null = null

  constructor(private readonly options: MembershipOptions) {}

  /** The member's id; '' when nobody has joined here. */
  get member(): string {
    return this.account?.joined.member ?? ''
  }

  /** What goes with each request. While the device waits to be let in, it is nobody's. */
  get token(): string {
    return this.waits ? '' : this.bearer
  }

  /** The device's token, also while it waits to be let in. */
  get bearer(): string {
    return this.account?.joined.token ?? ''
  }

  /** The device waits to be let in. */
  get waits(): boolean {
    return this.account?.joined.pending === true
  }

  /** Reads from disk what this or another tab has left there. */
  async load(): Promise<void> {
    this.account = await loadAccount(this.options.store)
  }

  /** Makes this phone a member's device. Throws `JoinError`. */
  async enter(way: WayIn): Promise<void> {
    const { env, store, offset } = this.options
    if (!store.durable) throw new JoinError('storage_blocked', 'This browser keeps nothing for this site, so you can’t join here.')
    const at = offset()
    try {
      const { enter } = await ways()
      this.account = await enter(env, store, at, way)
    } catch (error) {
      throw (await doors()).asJoinError(error)
    }
  }

  /** A new token where the old one ends soon or was refused. Without signal an old one still does. */
  async freshen(refused: boolean): Promise<void> {
    const { env, store, renewed } = this.options
    const { account } = this
    const offset = this.options.offset()
    if (!account || (!refused && !endsSoon(account.joined, env.now() + offset))) return
    try {
      const { renew } = await ways()
      this.account = await renew(env, store, offset, account)
      renewed()
    } catch (error) {
      if (error instanceof Refused) throw new RefusedSession(error.refusal)
      if (refused) throw error
    }
  }
}
