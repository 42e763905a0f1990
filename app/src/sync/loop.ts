/**
 * The one that talks to the server, in the tab that leads: pushes and pulls while there is a reason, holds
 * the live connection while somebody looks, and otherwise keeps still.
 */
import { Ahead } from './ahead'
import { PAGE_BYTES, PUSH_COMMANDS, SMALLEST_PAGE_BYTES, type Ask } from './ask'
import type { Prover } from '../device/prover'
import { Backoff } from './backoff'
import { Bell } from './bell'
import type { Env } from './env'
import { Listener } from './listener'
import { react, shutOut, type Reaction, type Refusal } from './refusal'
import type { Replica, Taken } from './replica'
import { isFull } from './store'
import { Offline } from './transport'

/** Somebody without an account looks for news at most this often, unless they ask. */
const PUBLIC_EVERY_MS = 5 * 60_000
/** How long a phone without room is left alone, unless something is saved there after all, or somebody comes back to it. */
const FULL_WAIT_MS = 5 * 60_000
/** Answers in a row that moved nothing, before they count as failures. */
const FRUITLESS = 3
/** Longest sleep without a reason. */
const LONG_MS = 60 * 60_000

/** The account as the loop needs it. */
export interface LoopAccount {
  /** '' without an account. */
  token(): string
  /** Shows that a request comes from this device. */
  prover?: Prover
  /** Gets a new token where the old one ends soon or was refused; throws `Offline` or `RefusedSession`. */
  freshen(refused: boolean): Promise<void>
}

/** What the loop tells about itself. */
export interface LoopState {
  online: boolean
  syncing: boolean
  full: boolean
  fault: string | null
}

export interface LoopOptions {
  env: Env
  replica: Replica
  account: LoopAccount
  /** True when any tab of this device is being looked at. */
  looked: () => boolean
  told: (state: LoopState) => void
  /** Nothing more to do for now. */
  rested: () => void
  /** The server wants everything of this person forgotten on this device. */
  wiped?: () => Promise<void>
}

/** A new token was refused: nothing can be asked for now. */
export class RefusedSession extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.code)
    this.name = 'RefusedSession'
  }
}

export class Loop {
  state: LoopState = { online: true, syncing: false, full: false, fault: null }
  readonly #bell = new Bell()
  readonly #backoff: Backoff
  readonly #listener: Listener
  readonly #ahead: Ahead
  /** Somebody or something wants a pull. */
  #wanted = false
  #commands = PUSH_COMMANDS
  #pageBytes = PAGE_BYTES
  #pushAfter = 0
  #fruitless = 0
  /** There was an answer although the browser said that it is offline. */
  #reachedAnyway = false

  constructor(private readonly options: LoopOptions) {
    const { env, replica, account } = options
    this.#backoff = new Backoff(env)
    this.#ahead = new Ahead(env, account.prover)
    this.#listener = new Listener({
      env,
      replica,
      token: () => account.token(),
      prover: account.prover,
      online: (online) => this.#tell({ online }),
      refused: () => account.freshen(true),
      ended: (pull, afterMs) => {
        this.#wanted ||= pull
        if (pull) this.#backoff.hold(afterMs)
        this.#bell.ring()
      },
    })
  }

  /** There may be something to do: a command was saved, or the page was shown or hidden. */
  nudge(): void {
    this.#backoff.forgive()
    this.#listener.forgive()
    this.#bell.ring()
  }

  /** The person wants news now. */
  want(): void {
    this.#wanted = true
    this.nudge()
  }

  /** The account has changed: what was wrong with the old one counts no more. */
  restart(): void {
    this.#tell({ fault: null })
    this.#listener.hangUp()
    this.want()
  }

  /** Works until `stop`. Never throws. */
  async run(stop: AbortSignal): Promise<void> {
    stop.addEventListener('abort', () => this.#bell.ring())
    this.#wanted ||= this.options.account.token() !== ''
    while (!stop.aborted) {
      if (this.#due() && this.#backoff.waitMs === 0) await this.#once()
      else await this.#rest()
    }
    this.#listener.hangUp()
    this.#tell({ syncing: false })
  }

  #stopped(): boolean {
    return this.state.fault === 'device_unknown'
  }

  /** True when a request has a reason. */
  #due(): boolean {
    const { replica, account } = this.options
    if (this.#stopped()) return false
    if (this.#wanted) return true
    if (account.token() === '') return this.#publicDue()
    return this.#mayPush() && replica.pending() > 0
  }

  #publicDue(): boolean {
    const { replica, env, looked } = this.options
    return looked() && (replica.meta.staged !== null || Math.abs(env.now() - (replica.meta.lastSync ?? 0)) > PUBLIC_EVERY_MS)
  }

  #mayPush(): boolean {
    return this.options.env.now() >= this.#pushAfter
  }

  /**
   * Whether what never left stays here until there is an answer: the server is out of reach, and what goes out into that
   * can't be taken back by anybody. NB! A browser that says so is believed only until it turns out to be wrong.
   */
  #keepsBack(): boolean {
    const saysOffline = this.options.env.offline?.() ?? false
    this.#reachedAnyway &&= saysOffline
    return !this.state.online || (saysOffline && !this.#reachedAnyway)
  }

  /** One request with its answer. */
  async #once(): Promise<void> {
    const { env, replica, account } = this.options
    this.#tell({ syncing: true })
    try {
      if (account.token() !== '') await account.freshen(false)
      const token = account.token()
      const commands = this.#mayPush() ? this.#commands : 0
      const ask = token === '' ? await replica.askPublic() : await replica.ask({ commands, maxBytes: this.#pageBytes, keepBack: this.#keepsBack() })
      const pending = replica.pending()
      const reply = await this.#ahead.reply(ask, token)
      this.#reachedAnyway = env.offline?.() ?? false
      if (reply.ok) {
        this.#ahead.begin(ask, reply.text, token)
        await this.#taken(await replica.take(ask, reply.text), ask, pending)
      } else await this.#obey(await react(replica, ask, reply.refusal))
    } catch (error) {
      await this.#failed(error)
    }
  }

  async #taken(taken: Taken, ask: Ask, pendingBefore: number): Promise<void> {
    const { replica, env } = this.options
    if (taken.wipe) return this.#wiped()
    if (taken.waitMs > 0) this.#pushAfter = env.now() + taken.waitMs
    const { staged, cursor } = replica.meta
    const pulled = taken.done || (staged?.cursor ?? cursor) !== ask.cursor
    const pushed = !ask.body?.commands.length || replica.pending() < pendingBefore || taken.reborn || taken.waitMs > 0
    const moved = taken.kind === 'taken' && pulled && pushed
    this.#tell({ online: true, full: false, fault: taken.schema && taken.schema[0] > 1 ? 'app_old' : null })
    if (moved) {
      this.#backoff.succeeded()
      this.#fruitless = 0
      this.#commands = PUSH_COMMANDS
      this.#pageBytes = Math.min(PAGE_BYTES, this.#pageBytes * 2)
    } else this.#repeated()
    // A stale answer says nothing: whatever wanted it still does.
    if (taken.kind !== 'stale') this.#wanted = taken.again
  }

  async #obey(reaction: Reaction): Promise<void> {
    if (reaction.kind === 'wipe') return this.#wiped()
    this.#tell({ online: true, fault: reaction.fault })
    if (reaction.kind === 'stop') this.#listener.hangUp()
    if (reaction.kind === 'wait') this.#backoff.failed(reaction.waitMs)
    if (reaction.kind === 'fewer') this.#commands = Math.max(1, Math.floor(this.#commands / 4))
    if (reaction.kind === 'again') this.#repeated()
    if (reaction.kind === 'session') {
      this.#repeated()
      await this.options.account.freshen(true)
    }
  }

  /** Nothing is asked meanwhile: an answer would put back what is being deleted. What fails is ended at the next start. */
  async #wiped(): Promise<void> {
    this.#listener.hangUp()
    await this.options.wiped?.().catch(() => undefined)
  }

  /** Going on at once is right after one answer that moved nothing, and a storm after many. */
  #repeated(): void {
    this.#fruitless += 1
    if (this.#fruitless >= FRUITLESS) this.#backoff.failed()
  }

  async #failed(error: unknown): Promise<void> {
    if (isFull(error)) {
      this.#tell({ full: true })
      this.#backoff.rest(FULL_WAIT_MS)
    } else if (error instanceof Offline) {
      this.#tell({ online: false })
      this.#reachedAnyway = false
      this.#backoff.failed()
      // A weak signal carries small pages, each of which is kept, where it would lose large ones for ever.
      this.#pageBytes = Math.max(SMALLEST_PAGE_BYTES, this.#pageBytes / 4)
    } else if (error instanceof RefusedSession) {
      const out = await shutOut(this.options.replica, error.refusal.code).catch(() => null)
      if (out) return this.#obey(out)
      this.#tell({ online: true, fault: error.refusal.code })
      this.#backoff.failed(error.refusal.retryAfterMs)
    } else this.#backoff.failed()
  }

  /** Waits for a reason, holding the live connection meanwhile; tidies the disk when there is time. */
  async #rest(): Promise<void> {
    const { env, replica, rested } = this.options
    this.#tell({ syncing: false })
    this.#listen()
    rested()
    if (!this.#due() && replica.worthCompacting()) await replica.compact().catch(() => false)
    await this.#bell.wait(env, this.#nextMs())
  }

  /** Opens the live connection while it is of use, and closes it when nobody looks. */
  #listen(): void {
    const { looked, account, replica } = this.options
    if (!looked() || account.token() === '' || this.#stopped()) return this.#listener.hangUp()
    if (!this.#due() && replica.meta.cursor !== '' && !replica.meta.staged) this.#listener.listen()
  }

  /** Milliseconds until time alone may give a reason. */
  #nextMs(): number {
    const { replica, account, env, looked } = this.options
    let least = LONG_MS
    const reason = (ms: number) => (least = Math.min(least, Math.max(1, ms)))
    if (!this.#mayPush() && replica.pending() > 0) reason(this.#pushAfter - env.now())
    if (this.#due()) reason(this.#backoff.waitMs)
    else if (looked() && account.token() === '') reason((replica.meta.lastSync ?? 0) + PUBLIC_EVERY_MS + 1 - env.now())
    else if (looked() && !this.#listener.open && !this.#stopped()) reason(this.#listener.waitMs)
    return least
  }

  #tell(change: Partial<LoopState>): void {
    const keys = Object.keys(change) as (keyof LoopState)[]
    if (keys.every((key) => this.state[key] === change[key])) return
    this.state = { ...this.state, ...change }
    this.options.told(this.state)
  }
}
