/**
 * The tabs of one device: what they tell each other, and which of them leads (talks to the server).
 *
 * The leader holds a Web Lock; the others queue for it. A browser may freeze the leader's tab and leave it
 * the lock, so a tab that is looked at asks now and then for a sign of life, and takes the lock away when
 * none comes. Two leaders are harmless: nonces and the generation see to that.
 */
import type { Env } from './env'

/** What one tab tells the others. */
export type Message =
  /** Rows or outbox have changed on disk. */
  | { kind: 'moved' }
  /** A tab was shown, or its person wants news. */
  | { kind: 'nudge'; want: boolean }
  /** Somebody joined or left. */
  | { kind: 'account' }
  | { kind: 'local'; key: string }
  /** The leader's state, for the others' screens. */
  | { kind: 'state'; state: unknown }
  /** The leader has nothing more to do for now. */
  | { kind: 'rested' }
  | { kind: 'looked'; tab: string; looked: boolean }
  | { kind: 'ping' }
  | { kind: 'beat' }

const PING_EVERY_MS = 20_000
const BEAT_WITHIN_MS = 5_000

/** How tabs meet; absent parts mean that there is one tab. */
export interface Meeting {
  channel: BroadcastChannel | null
  locks: LockManager | null
}

/** For a tab that keeps everything in memory: others could not follow it, nor it them. */
export const ALONE: Meeting = { channel: null, locks: null }

export function browserMeeting(name: string): Meeting {
  return {
    channel: typeof BroadcastChannel === 'function' ? new BroadcastChannel(name) : null,
    locks: globalThis.navigator?.locks ?? null,
  }
}

export class Tabs {
  leads = false
  /** Other tabs that are being looked at. */
  readonly #looked = new Set<string>()
  readonly #id = crypto.randomUUID()
  readonly #closed = new AbortController()
  #beat: (() => void) | null = null
  /** Gives up this tab's place in the queue for the lock. */
  #leaveQueue: (() => void) | null = null
  #steals = false

  constructor(
    private readonly name: string,
    private readonly env: Env,
    private readonly meeting: Meeting,
    private readonly heard: (message: Message) => void,
  ) {
    meeting.channel?.addEventListener('message', (event: MessageEvent<Message>) => this.#hear(event.data))
  }

  tell(message: Message): void {
    if (!this.#closed.signal.aborted) this.meeting.channel?.postMessage(message)
  }

  /** Tells the others whether this tab is looked at. */
  tellLooked(): void {
    this.tell({ kind: 'looked', tab: this.#id, looked: this.env.visible() })
  }

  /** True when this or another tab is looked at. */
  looked(): boolean {
    return this.env.visible() || this.#looked.size > 0
  }

  /** Runs `work` in this tab whenever it leads, until the tab is closed. `work` ends when its signal says so. */
  async lead(work: (stop: AbortSignal) => Promise<void>): Promise<void> {
    if (!this.meeting.locks) return this.#work(work, this.#closed.signal)
    if (this.meeting.channel) void this.#watch()
    while (!this.#closed.signal.aborted) await this.#term(this.meeting.locks, work)
  }

  close(): void {
    this.tell({ kind: 'looked', tab: this.#id, looked: false })
    this.#closed.abort()
    this.meeting.channel?.close()
  }

  /** Waits for the lock, or takes it away; leads until closed, or until another tab takes it away. */
  async #term(locks: LockManager, work: (stop: AbortSignal) => Promise<void>): Promise<void> {
    const queue = new AbortController()
    const stop = new AbortController()
    const end = () => {
      queue.abort()
      stop.abort()
    }
    this.#closed.signal.addEventListener('abort', end)
    this.#leaveQueue = () => queue.abort()
    const options: LockOptions = this.#steals ? { steal: true } : { signal: queue.signal }
    this.#steals = false
    let working: Promise<void> = Promise.resolve()
    try {
      await locks.request(this.name, options, () => (working = this.#work(work, stop.signal)))
    } catch {
      // Closed or called out of the queue; or the lock was taken away while this tab slept.
      stop.abort()
      await working
    } finally {
      this.#closed.signal.removeEventListener('abort', end)
    }
  }

  async #work(work: (stop: AbortSignal) => Promise<void>, stop: AbortSignal): Promise<void> {
    this.leads = true
    await work(stop).finally(() => (this.leads = false))
  }

  /** While this tab is looked at and doesn't lead, makes sure that the one that leads is alive. */
  async #watch(): Promise<void> {
    const { signal } = this.#closed
    while (!signal.aborted) {
      if (!this.leads && this.env.visible() && !(await this.#answered())) {
        this.#steals = true
        this.#leaveQueue?.()
      }
      await this.env.sleep(PING_EVERY_MS, signal)
    }
  }

  async #answered(): Promise<boolean> {
    const beat = new AbortController()
    this.#beat = () => beat.abort()
    this.tell({ kind: 'ping' })
    await this.env.sleep(BEAT_WITHIN_MS, beat.signal)
    return beat.signal.aborted || this.leads || this.#closed.signal.aborted
  }

  #hear(message: Message): void {
    if (message.kind === 'ping') {
      if (this.leads) this.tell({ kind: 'beat' })
    } else if (message.kind === 'beat') this.#beat?.()
    else if (message.kind === 'looked') {
      if (message.looked) this.#looked.add(message.tab)
      else this.#looked.delete(message.tab)
      this.heard(message)
    } else this.heard(message)
  }
}
