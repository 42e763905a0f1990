/**
 * The engine as screens know it: puts the parts together, and turns their changes into topics.
 */
import { endsSoon, forgetAccount, loadAccount, type Account } from '../device/account'
import type { WayIn } from '../device/session'
import { Prover } from '../device/prover'
import { ARGS_BYTES, byteLength } from './ask'
import { doors, ways } from './lazily'
import { toEntry } from './entry'
import { browserEnv, type Env } from './env'
import { newNonce } from './ids'
import { leftOf, type Left } from './left'
import { Local } from './local'
import { Loop, RefusedSession, type LoopState } from './loop'
import { Minder } from './minder'
import { currentMe, identity, sameMe } from './me'
import { adopt, close, isPending, remove } from './queue'
import { isLearned, learn } from './overlay'
import { Replica } from './replica'
import { askToStay, isSafe } from './safety'
import { isFull, type Store } from './store'
import { storeOf } from './storing'
import { ALONE, browserMeeting, Tabs, type Meeting, type Message } from './tabs'
import { Refused } from './transport'
import { JoinError, SendError, type Entry, type LocalFacts, type Me, type Row, type Status } from './types'
import { View } from './view'

export interface OpenOptions {
  /** Name of the database, the lock and the channel on this device. */
  name?: string
  /** The version of the app, told to the server. */
  app?: string
  /** The key of this person's store, on a shared device; without it the key lies beside the store. */
  key?: Uint8Array
  /** False: nothing is asked of the network. */
  sync?: boolean
  env?: Env
  meeting?: Meeting
}

type Topics = ReadonlySet<string>

/** Roles whose audiences go only to a device that proves itself. */
const GUARDED = new Set(['coordinator', 'owner'])

/** How long a device that is left may take to send what it still has. */
const LEAVE_MS = 15_000
const AGAIN_MS = 1_000

export class Kith {
  readonly local: LocalFacts
  readonly #replica: Replica
  readonly #view = new View()
  readonly #tabs: Tabs
  readonly #loop: Loop
  readonly #prover: Prover
  readonly #minder: Minder
  readonly #env: Env
  readonly #store: Store
  readonly #local: Local
  readonly #subscribers = new Set<(changed: Topics) => void>()
  readonly #rested = new Set<() => void>()
  #account: Account | null = null
  #state: LoopState = { online: true, syncing: false, full: false, fault: null }
  #me: Me | null = null
  #status: Status
  #outbox: readonly Entry[] | null = null
  #full = false

  /** Opens what this device holds. Resolves from local data alone and never waits for the network. */
  static async open(options: OpenOptions = {}): Promise<Kith> {
    const name = options.name ?? 'kith'
    const env = options.env ?? browserEnv()
    const kith = new Kith(await storeOf(name, env, options.key), name, env, options)
    await kith.#start(options.sync ?? true)
    return kith
  }

  private constructor(store: Store, name: string, env: Env, options: OpenOptions) {
    this.#env = env
    this.#store = store
    this.#status = {
      phase: 'starting', online: globalThis.navigator?.onLine ?? true, syncing: false, lastSync: null, pending: 0, safe: false,
      storage: store.durable ? 'ok' : 'blocked', fault: null,
    }
    this.#replica = new Replica(store, { app: options.app ?? '1.0.0', now: () => env.now(), monotonic: () => env.monotonic?.() ?? env.now(), changed: (topics) => this.#changed(topics), wrote: () => this.#tabs.tell({ kind: 'moved' }) })
    this.#tabs = new Tabs(name, env, store.durable ? (options.meeting ?? browserMeeting(name)) : ALONE, (message) => this.#hear(message))
    this.local = this.#local = new Local(store, (key) => this.#tabs.tell({ kind: 'local', key }))
    this.#prover = new Prover({
      env,
      keys: () => this.#account?.keys ?? null,
      offset: () => this.#replica.stream.offset,
      guarded: () => (this.#me ?? identity(this.#account))?.roles.some((role) => GUARDED.has(role)) ?? false,
    })
    this.#loop = new Loop({
      env,
      replica: this.#replica,
      account: { token: () => this.#token(), prover: this.#prover, freshen: (refused) => this.#freshen(refused) },
      looked: () => this.#tabs.looked(),
      told: (state) => this.#told(state, true),
      rested: () => this.#haveRested(true),
      wiped: () => this.#wiped(),
    })
    this.#minder = new Minder(env, {
      nextMs: () => this.#replica.leases.nextMs(),
      endLeases: () => this.#endLeases(),
      waits: () => this.#account?.joined.pending === true,
      ask: async () => this.#freshen(true).then(() => this.#accountChanged(true)),
    })
  }

  async #start(sync: boolean): Promise<void> {
    this.#account = await loadAccount(this.#store)
    await this.#replica.open()
    await this.#local.open()
    this.#setStatus({ phase: 'ready' })
    void this.#learn()
    void isSafe().then((safe) => this.#setStatus({ safe }))
    this.#env.watch(() => {
      this.#tabs.tellLooked()
      void this.#endLeases().catch(() => undefined)
      this.#nudge(false)
    })
    this.#minder.look()
    this.#tabs.tellLooked()
    if (sync) void this.#tabs.lead((stop) => this.#lead(stop))
  }

  /** What this tab missed while another led is on disk. */
  async #lead(stop: AbortSignal): Promise<void> {
    await this.#replica.refresh().catch(() => undefined)
    await this.#loop.run(stop)
  }

  /** Ends this tab's part: no more requests, no more messages. */
  close(): void {
    this.#minder.close()
    this.#tabs.close()
    this.#store.close()
  }

  /** Rows as the person should see them. The same Map until something in that collection changes. */
  rows(collection: string): ReadonlyMap<string, Row> {
    return this.#view.rows(collection)
  }

  /** The audiences that hold a row for this device; none: there is no such row. */
  audiences(collection: string, id: string): readonly string[] {
    return this.#view.audiences(collection, id)
  }

  /** How far in the server's history the rows are. */
  get seq(): number {
    return this.#replica.meta.seq
  }

  get status(): Status {
    return this.#status
  }

  get me(): Me | null {
    return this.#me
  }

  /** Calls `fn` with collection names, '@outbox', '@status' and '@me' after each change. Answers how to stop. */
  subscribe(fn: (changed: Topics) => void): () => void {
    this.#subscribers.add(fn)
    return () => this.#subscribers.delete(fn)
  }

  /** Everything that isn't settled, or that the person must still be told about, oldest first. */
  outbox(): readonly Entry[] {
    return (this.#outbox ??= [...this.#replica.entries.values()].map(toEntry))
  }

  /** Saves what the person did. Resolves once it is safe on this device; throws `SendError` if it isn't. */
  send(name: string, args: object, { for: whom }: { for?: string } = {}): Promise<Entry> {
    return this.#save(name, args, undefined, whom)
  }

  /** Sends a rejected or quarantined command again, mended, in the place of the old one. */
  resend(nonce: string, args: object): Promise<Entry> {
    const entry = this.#replica.entries.get(nonce)
    if (!entry?.settled) throw new SendError('not_found', 'This isn’t waiting to be mended any more.')
    return this.#save(entry.name, args, nonce, entry.for)
  }

  async #save(name: string, args: object, replaces?: string, whom?: string): Promise<Entry> {
    if (!this.#store.durable) throw new SendError('storage_blocked', 'This browser keeps nothing for this site, so it can’t be saved here.')
    if (byteLength(args) > ARGS_BYTES) throw new SendError('too_large', 'This is too long to send. Shorten it, and try again.')
    if (!isLearned(name)) await this.#learn()
    try {
      const saved = await this.#replica.append({ nonce: newNonce(), name, args, member: this.#account?.joined.member ?? '', ...(whom ? { for: whom } : {}) }, replaces)
      this.#setFull(false)
      this.#nudge(false)
      void this.#askToStay()
      return toEntry(saved)
    } catch (error) {
      if (!isFull(error)) throw new SendError('storage_failed', 'This phone couldn’t save it. Try again.')
      this.#setFull(true)
      throw new SendError('storage_full', 'This phone has no room left, so it isn’t saved. Make some room, and try again.')
    }
  }

  /** Takes a rejected, quarantined or merged command off the list. */
  async dismiss(nonce: string): Promise<void> {
    await this.#replica.changeQueue((queue) => {
      if (!queue.entries.get(nonce)?.settled) return false
      remove(queue, nonce)
      return true
    })
  }

  /** Takes back what never left this phone. False: it may have left. */
  async withdraw(nonce: string): Promise<boolean> {
    const withdrawn = await this.#replica.changeQueue((queue) => {
      const entry = queue.entries.get(nonce)
      if (!entry || entry.sent || !isPending(entry)) return false
      close(queue, nonce, null)
      return true
    })
    return withdrawn
  }

  /** Makes this phone a member's device. Throws `JoinError`. */
  join(invite: string, firstName: string, deviceName: string): Promise<Me> {
    return this.#enter({ path: '/api/join', body: { invite, firstName, deviceName } })
  }

  /** Brings a member back on this phone with a recovery card; their other devices are shut out. Throws `JoinError`. */
  recover(code: string, deviceName: string): Promise<Me> {
    return this.#enter({ path: '/api/recover', body: { code, deviceName } })
  }

  /** Makes this phone a member's device by the code of an e-mail; `id` names the asking. Throws `JoinError`. */
  signIn(id: string, code: string, deviceName: string): Promise<Me> {
    return this.#enter({ path: '/api/code/confirm', body: { id, code, deviceName } })
  }

  async #enter(way: WayIn): Promise<Me> {
    if (!this.#store.durable) throw new JoinError('storage_blocked', 'This browser keeps nothing for this site, so you can’t join here.')
    const { offset } = this.#replica.stream
    try {
      const { enter } = await ways()
      this.#account = await enter(this.#env, this.#store, offset, way)
    } catch (error) {
      throw (await doors()).asJoinError(error)
    }
    const { member } = this.#account.joined
    await this.#replica.changeQueue((queue) => (adopt(queue, member, newNonce()), true))
    this.#accountChanged(true)
    void this.#askToStay()
    return this.#me!
  }

  /** Asks one of the server's other addresses, with this device's token and a proof. Throws `JoinError`. */
  async ask(path: string, body: object): Promise<any> {
    const account = { token: () => this.#account?.joined.token ?? '', freshen: (refused: boolean) => this.#freshen(refused) }
    return (await doors()).askAsDevice(this.#env, path, body, account, this.#prover)
  }

  /** Asks what needs no account: what an invite is for, a code by e-mail. Throws `JoinError`. */
  async askAnybody(path: string, body: object): Promise<any> {
    return (await doors()).askAnybody(this.#env, path, body)
  }

  /** Sends what is left for up to 15 seconds, then forgets the account, its rows and its outbox. */
  async leave(): Promise<void> {
    await this.#sendWhatIsLeft()
    await forgetAccount(this.#store)
    await this.#replica.leave()
    await this.#store.destroy?.()
    await this.#local.open()
    this.#account = null
    this.#accountChanged(true)
  }

  /** While the device waits to be let in, it is nobody's. */
  #token(): string {
    const joined = this.#account?.joined
    return joined && !joined.pending ? joined.token : ''
  }

  async #endLeases(): Promise<void> {
    if (await this.#replica.endLeases()) this.#nudge(true)
  }

  /** The server wants everything of this person gone. */
  async #wiped(): Promise<void> {
    const { wipe } = await import('./wipe')
    await wipe(this.#store, this.#replica)
    this.#account = null
    this.#accountChanged(true)
    this.#told({ ...this.#state, fault: 'device_wiped' }, true)
  }

  /** Sends what waits, for up to 15 seconds. True: nothing waits any more. */
  async push(): Promise<boolean> {
    await this.#sendWhatIsLeft()
    return this.#replica.pending() === 0
  }

  /** What waits, to be sealed for whoever brings it; null: nothing waits, or this server takes nothing sealed. */
  left(): Left | null {
    return leftOf(this.#replica, this.#account)
  }

  async #sendWhatIsLeft(): Promise<void> {
    const until = this.#env.now() + LEAVE_MS
    while (this.#replica.pending() > 0 && this.#env.now() < until) {
      await this.#rest(until - this.#env.now())
      if (this.#replica.pending() > 0) await this.#env.sleep(AGAIN_MS, new AbortController().signal)
    }
  }

  /** Asks for news. Resolves when everything is done that can be done now. */
  async syncNow(): Promise<void> {
    await this.#rest(60_000)
  }

  async #rest(ms: number): Promise<void> {
    const done = new AbortController()
    const rested = () => done.abort()
    this.#nudge(true)
    this.#rested.add(rested)
    await this.#env.sleep(ms, done.signal)
    this.#rested.delete(rested)
  }

  /** What members' commands look like comes after the first screen; what already waits is then shown. */
  async #learn(): Promise<void> {
    if (this.#account && (await learn()) && this.#replica.pending() > 0) this.#changed(new Set())
  }

  #nudge(want: boolean): void {
    if (!this.#tabs.leads) this.#tabs.tell({ kind: 'nudge', want })
    else if (want) this.#loop.want()
    else this.#loop.nudge()
  }

  #haveRested(own: boolean): void {
    if (own) this.#tabs.tell({ kind: 'rested' })
    for (const fn of this.#rested) fn()
  }

  #hear(message: Message): void {
    const { leads } = this.#tabs
    if (message.kind === 'moved') void this.#moved()
    if (message.kind === 'nudge' && leads) this.#nudge(message.want)
    if (message.kind === 'looked' && leads) this.#loop.nudge()
    if (message.kind === 'state' && !leads) this.#told(message.state as LoopState, false)
    if (message.kind === 'rested') this.#haveRested(false)
    if (message.kind === 'account') void this.#rereadAccount()
    if (message.kind === 'local') void this.#local.reread(message.key)
  }

  /** Another tab has written. A leader looks whether there is something to send. */
  async #moved(): Promise<void> {
    await this.#replica.refresh().catch(() => undefined)
    if (this.#tabs.leads) this.#loop.nudge()
  }

  async #rereadAccount(): Promise<void> {
    await this.#store.follow?.()
    this.#account = await loadAccount(this.#store)
    this.#accountChanged(false)
  }

  #accountChanged(own: boolean): void {
    if (own) this.#tabs.tell({ kind: 'account' })
    this.#changed(new Set(['@outbox']))
    this.#minder.look()
    this.#loop.restart()
  }

  /** A new token where the old one ends soon or was refused. Without signal an old one still does. */
  async #freshen(refused: boolean): Promise<void> {
    const account = this.#account
    const { offset } = this.#replica.stream
    if (!account || (!refused && !endsSoon(account.joined, this.#env.now() + offset))) return
    try {
      const { renew } = await ways()
      this.#account = await renew(this.#env, this.#store, offset, account)
      this.#tabs.tell({ kind: 'account' })
    } catch (error) {
      if (error instanceof Refused) throw new RefusedSession(error.refusal)
      if (refused) throw error
    }
  }

  /** Memory has changed: what screens see follows, then they are told. */
  #changed(topics: ReadonlySet<string>): void {
    const changed = new Set([...topics].filter((topic) => !topic.startsWith('@')))
    this.#view.update(this.#replica.base, this.#replica.entries.values(), identity(this.#account), changed)
    const me = currentMe(this.#account, this.#view)
    if (!sameMe(me, this.#me)) {
      this.#me = me
      changed.add('@me')
    }
    if (topics.has('@sync')) this.#minder.look()
    if (topics.has('@outbox')) {
      this.#outbox = null
      changed.add('@outbox')
    }
    if (this.#mergeStatus({ lastSync: this.#replica.meta.lastSync, pending: this.#replica.pending(), fault: this.#fault() })) {
      changed.add('@status')
    }
    this.#publish(changed)
  }

  #fault(): string | null {
    return this.#state.fault ?? (this.#replica.meta.repair === 2 ? 'sums' : null)
  }

  /** The leader's state, which is this tab's own when `own`. */
  #told(state: LoopState, own: boolean): void {
    if (own) this.#tabs.tell({ kind: 'state', state })
    this.#state = state
    this.#setStatus({ online: state.online, syncing: state.syncing, fault: this.#fault(), storage: this.#storage() })
  }

  #setFull(full: boolean): void {
    this.#full = full
    this.#setStatus({ storage: this.#storage() })
  }

  #storage(): Status['storage'] {
    if (!this.#store.durable) return 'blocked'
    return this.#full || this.#state.full ? 'full' : 'ok'
  }

  async #askToStay(): Promise<void> {
    if (!this.#status.safe) this.#setStatus({ safe: await askToStay() })
  }

  #setStatus(change: Partial<Status>): void {
    if (this.#mergeStatus(change)) this.#publish(new Set(['@status']))
  }

  /** True when something differs now. */
  #mergeStatus(change: Partial<Status>): boolean {
    const keys = Object.keys(change) as (keyof Status)[]
    if (keys.every((key) => this.#status[key] === change[key])) return false
    this.#status = { ...this.#status, ...change }
    return true
  }

  #publish(changed: Topics): void {
    for (const fn of this.#subscribers) fn(changed)
  }
}
