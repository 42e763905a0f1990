/** The engine as screens know it: puts the parts together, and turns their changes into topics. */
import type { Bearer } from '../card/key'
import type { WayIn } from '../device/session'
import { Prover } from '../device/prover'
import { doors } from './lazily'
import { browserEnv, type Env } from './env'
import { newNonce } from './ids'
import type { Left, Letterhead } from './left'
import { Local } from './local'
import { Loop, type LoopState } from './loop'
import { Membership } from './membership'
import { Minder } from './minder'
import { currentMe, identity, sameMe } from './me'
import { Outbox } from './outbox'
import { isLearned, learn } from './overlay'
import { adopt } from './queue'
import { Replica } from './replica'
import { askToStay, isSafe } from './safety'
import { Standing } from './standing'
import type { Store } from './store'
import { storeOf } from './storing'
import { ALONE, browserMeeting, Tabs, type Meeting, type Message } from './tabs'
import type { Entry, LocalFacts, Me, Row, Status } from './types'
import { View } from './view'
import { begunWipe, markWipe, type Why } from './wipe'

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
  readonly #standing: Standing
  readonly #outbox: Outbox
  readonly #subscribers = new Set<(changed: Topics) => void>()
  readonly #rested = new Set<() => void>()
  readonly #membership: Membership
  #me: Me | null = null

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
    this.#standing = new Standing(store, () => this.#publish(new Set(['@status'])))
    this.#replica = new Replica(store, { app: options.app ?? '1.0.0', now: () => env.now(), monotonic: () => env.monotonic?.() ?? env.now(), changed: (topics) => this.#changed(topics), wrote: () => (this.#standing.setFull(false), this.#tabs.tell({ kind: 'moved' })) })
    this.#tabs = new Tabs(name, env, store.durable ? (options.meeting ?? browserMeeting(name)) : ALONE, (message) => this.#hear(message))
    this.local = this.#local = new Local(store, (key) => this.#tabs.tell({ kind: 'local', key }))
    this.#membership = new Membership({ env, store, offset: () => this.offset, renewed: () => this.#tabs.tell({ kind: 'account' }) })
    this.#outbox = new Outbox({
      store, replica: this.#replica,
      member: () => this.#membership.member,
      learn: async (name) => void (isLearned(name) || (await this.#learn())),
      saved: () => (this.#nudge(false), void this.#askToStay()),
      full: () => this.#standing.setFull(true),
    })
    this.#prover = new Prover({
      env, keys: () => this.#membership.account?.keys ?? null,
      offset: () => this.offset,
      hasRole: () => (this.#me ?? identity(this.#membership.account))?.roles.some((role) => role !== 'resident') ?? false,
    })
    this.#loop = new Loop({
      env, replica: this.#replica,
      account: { token: () => this.#membership.token, prover: this.#prover, freshen: (refused) => this.#membership.freshen(refused) },
      looked: () => this.#tabs.looked(),
      told: (state) => this.#told(state, true),
      rested: () => this.#haveRested(true), wiped: () => this.#wiped(),
    })
    this.#minder = new Minder(env, {
      nextMs: () => this.#replica.leases.nextMs(),
      endLeases: () => this.#endLeases(),
      waits: () => this.#membership.waits,
      ask: async () => this.#membership.freshen(true).then(() => this.#accountChanged(true)),
    })
  }

  async #start(sync: boolean): Promise<void> {
    await this.#membership.load()
    await this.#replica.open()
    await this.#local.open()
    await this.#endWipe()
    this.#standing.set({ phase: 'ready' })
    void this.#learn()
    void isSafe().then((safe) => this.#standing.set({ safe }))
    this.#env.watch(() => {
      this.#standing.setFull(false)
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

  /** Which history of the server that is: another one after a restore. */
  get epoch(): string {
    return this.#replica.meta.epoch
  }

  /** Milliseconds to add to this phone's clock for the server's, by its last answer. */
  get offset(): number {
    return this.#replica.stream.offset
  }

  get status(): Status {
    return this.#standing.status
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
    return this.#outbox.list()
  }

  /** What the server answered to commands of that name that it has done, by their nonce; the last fourteen days. */
  answers(name: string): Promise<Map<string, any>> {
    return this.#outbox.answers(name)
  }

  /** Saves what the person did. Resolves once it is safe on this device; throws `SendError` if it isn't. */
  send(name: string, args: object, { for: whom }: { for?: string } = {}): Promise<Entry> {
    return this.#outbox.save(name, args, whom)
  }

  /** Sends a rejected or quarantined command again, mended, in the place of the old one. */
  resend(nonce: string, args: object): Promise<Entry> {
    return this.#outbox.again(nonce, args)
  }

  /** Takes a rejected, quarantined or merged command off the list. */
  dismiss(nonce: string): Promise<void> {
    return this.#outbox.dismiss(nonce)
  }

  /** Takes back what never left this phone. False: it may have left. */
  withdraw(nonce: string): Promise<boolean> {
    return this.#outbox.withdraw(nonce)
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
    await this.#membership.enter(way)
    const { member } = this.#membership
    await this.#replica.changeQueue((queue) => (adopt(queue, member, newNonce()), true))
    this.#accountChanged(true)
    void this.#askToStay()
    return this.#me!
  }

  /** Asks one of the server's other addresses, with this device's token and a proof. Throws `JoinError`. */
  async ask(path: string, body: object): Promise<any> {
    const account = { token: () => this.#membership.bearer, freshen: (refused: boolean) => this.#membership.freshen(refused) }
    return (await doors()).askAsDevice(this.#env, path, body, account, this.#prover)
  }

  /** Asks what needs no account: what an invite is for, a code by e-mail. Throws `JoinError`. */
  async askAnybody(path: string, body: object): Promise<any> {
    return (await doors()).askAnybody(this.#env, path, body)
  }

  /** Sends what is left for up to 15 seconds, then forgets the account, its rows and its outbox. */
  async leave(): Promise<void> {
    await this.#sendWhatIsLeft()
    await this.#forgetPerson('left')
    this.#accountChanged(true)
  }

  async #endLeases(): Promise<void> {
    if (await this.#replica.endLeases()) this.#nudge(true)
  }

  /** The server wants everything of this person gone. */
  async #wiped(): Promise<void> {
    await this.#forgetPerson('wiped')
    this.#accountChanged(true)
    this.#told(this.#standing.but({ fault: 'device_wiped' }), true)
  }

  async #forgetPerson(why?: Why): Promise<void> {
    if (why) await this.#store.write(['meta'], (txn) => markWipe(txn, why), 'strict')
    await (await import('./forget')).forget(this.#store, this.#replica)
    this.#membership.account = null
    await this.#local.open()
  }

  /** Ends a wipe that was begun when the phone died. Where even that can't be, its person is hidden, and the next start tries again. */
  async #endWipe(): Promise<void> {
    const why = await begunWipe(this.#store)
    if (!why) return
    this.#membership.account = null
    if (why === 'wiped') this.#told(this.#standing.but({ fault: 'device_wiped' }), true)
    await this.#forgetPerson().catch(() => undefined)
  }

  /** Sends what waits, for up to 15 seconds. True: nothing waits any more. */
  async push(): Promise<boolean> {
    await this.#sendWhatIsLeft()
    return this.#replica.pending() === 0
  }

  /** What waits, to be sealed for whoever brings it; null: nothing waits, or this server takes nothing sealed. */
  async left(): Promise<Left | null> {
    return (await import('./left')).leftOf(this.#replica, this.#membership.account, this.#prover)
  }

  /** What this person's card is shown with on this phone. `fresh`: with a new key, as for a new card after a loss. */
  async bearer(fresh = false): Promise<Bearer> {
    return (await import('../card/key')).bearerOf(this.#store, this.#membership.member, () => this.#env.now() + this.offset, fresh)
  }

  /** With what a letter shows whose it is; null: nobody has joined here. */
  async letterhead(path: string): Promise<Letterhead | null> {
    return (await import('./left')).letterheadOf(path, this.#env.now() + this.offset, this.#membership.account, this.#prover)
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
    if (this.#membership.account && (await learn()) && this.#replica.pending() > 0) this.#changed(new Set())
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
    await this.#membership.load()
    this.#accountChanged(false)
  }

  #accountChanged(own: boolean): void {
    if (own) this.#tabs.tell({ kind: 'account' })
    this.#changed(new Set(['@outbox']))
    this.#minder.look()
    this.#loop.restart()
  }

  /** Memory has changed: what screens see follows, then they are told. */
  #changed(topics: ReadonlySet<string>): void {
    const changed = new Set([...topics].filter((topic) => !topic.startsWith('@')))
    this.#view.update(this.#replica.shown, this.#replica.entries.values(), identity(this.#membership.account), changed)
    const me = currentMe(this.#membership.account, this.#view)
    if (!sameMe(me, this.#me)) {
      this.#me = me
      changed.add('@me')
    }
    if (topics.has('@sync')) this.#minder.look()
    if (topics.has('@outbox')) (this.#outbox.changed(), changed.add('@outbox'))
    if (this.#standing.merge({ lastSync: this.#replica.meta.lastSync, pending: this.#replica.pending(), fault: this.#standing.fault(this.#sumsDiffer()) })) changed.add('@status')
    this.#publish(changed)
  }

  #sumsDiffer(): boolean {
    return this.#replica.meta.repair === 2
  }

  /** The leader's state, which is this tab's own when `own`. */
  #told(state: LoopState, own: boolean): void {
    if (own) this.#tabs.tell({ kind: 'state', state })
    this.#standing.hear(state, this.#sumsDiffer())
  }

  async #askToStay(): Promise<void> {
    if (!this.#standing.status.safe) this.#standing.set({ safe: await askToStay() })
  }

  #publish(changed: Topics): void {
    for (const fn of this.#subscribers) fn(changed)
  }
}
