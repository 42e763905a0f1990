/**
 * This device's copy of the community: rows on disk and in memory, the outbox, and the rules of
 * docs/protocol.md for taking an answer. It makes no request and keeps no time: the loop does.
 *
 * Everything durable changes in one transaction that first compares the generation, so an answer that was
 * asked for before something else moved the cursor (another tab, a frame, a doubled answer) writes nothing.
 * Memory follows only after the commit.
 */
import { askPublic, askSync, type Ask, type AskOptions } from './ask'
import { Base } from './base'
import { inOrder, loadQueue, saveQueue } from './disk'
import { newNonce } from './ids'
import { isMomentary, Leases, owesDisk } from './leases'
import { forgetRows, loadMeta, NO_META, startsFresh, VOID, writeSegments, type Meta } from './meta'
import { ackOf, isPending, type Queue, type Saved, type Stream } from './queue'
import {
  missing, recordAnswer, recordCommand, recordCompaction, recordDrops, recordFrame, recordLeaving, recordStart, waitOf, type Frame, type NewCommand,
} from './record'
import { STORES, type Store, type StoreName } from './store'
import { markWipe } from './wipe'
import { parseAll, parseAnswer, type Answer, type KeptLine } from './wire'

/** What came of an answer. */
export interface Taken {
  /** cut: thrown away, ask again. stale: the cursor has moved on, only outcomes were taken. */
  kind: 'cut' | 'stale' | 'taken'
  /** Nothing was left unsent in the snapshot that was answered. */
  done: boolean
  /** There is more to pull: more pages, or everything from the beginning. */
  again: boolean
  /** Everything of this person is to be forgotten on this device. */
  wipe?: boolean
  /** The server asks for no commands for so long. */
  waitMs: number
  /** The queue was reborn because of this answer. */
  reborn: boolean
  /** The oldest and newest row schema that the server speaks. */
  schema: [number, number] | null
}

export interface ReplicaOptions {
  app: string
  /** This phone's clock in milliseconds. */
  now: () => number
  /** Milliseconds that nobody can set; absent: by `now` alone. */
  monotonic?: () => number
  /** Called after memory changed, with the collections touched, '@outbox' and '@sync'. */
  changed: (topics: Set<string>) => void
  /** Called after this tab changed what is on disk. */
  wrote: () => void
}

/** Of `POST /api/sync/live`. */
export interface LiveBody {
  protocol: 1
  schema: 1
  stream: string
  ack: number
  cursor: string
}

/** What an answer, a frame and the queue's own changes may write. */
const SYNC_STORES: StoreName[] = STORES.filter((name) => name !== 'device' && name !== 'local')

export class Replica {
  base = new Base()
  meta: Meta = NO_META
  stream: Stream = { id: newNonce(), next: 1, offset: 0, told: 0 }
  /** The outbox in order of number. */
  entries = new Map<string, Saved>()
  /** For how long the rows about others may be held. */
  readonly leases: Leases
  /** Lines of the staged pages, read and not shown. */
  #staged: KeptLine[] = []
  /** What everybody may read of them, where this device holds nothing yet: a large town takes seconds to come. */
  #peek: Base | null = null
  /** What must not be held any more is off the screen, and its text still on disk. */
  #owed = false
  #turn: Promise<unknown> = Promise.resolve()

  constructor(
    readonly store: Store,
    private readonly options: ReplicaOptions,
  ) {
    this.leases = new Leases({ now: options.now, monotonic: options.monotonic ?? options.now })
  }

  /** What screens show: what is held, or while there is nothing, as much as has come of the first of it. */
  get shown(): Base {
    return this.#peek ?? this.base
  }

  /**
   * Reads what this device holds. Resolves when memory is as the disk. Rows that can't be read any more are
   * given up, and come again with the next pull; the outbox is not theirs to take along.
   */
  async open(): Promise<void> {
    try {
      await this.refresh()
    } catch {
      await this.store.write(['meta', 'segments'], forgetRows)
      await this.refresh()
    }
    // What a full disk has can still be read.
    await this.endLeases().catch(() => undefined)
    if (this.#owed) await this.compact().catch(() => undefined)
  }

  /** Hides and deletes what is held longer than this device may; it is asked for anew. True: something was. */
  async endLeases(): Promise<boolean> {
    // NB! What is over at a moment, and nobody knows at which, is over now.
    const over = [...this.leases.over(), ...this.base.held((aud) => isMomentary(aud) && !this.leases.has(aud))]
    if (over.length === 0) {
      if (this.leases.nextMs() !== null) await this.store.write(['meta'], (txn) => txn.put('meta', 'leases', this.leases.mark()))
      return false
    }
    const changed = new Set(['@sync'])
    // Out of sight at once; off the disk as soon as that can be.
    this.base.apply(over.map((drop) => ({ drop })), changed)
    this.options.changed(changed)
    await this.#inTurn(() => this.#forget(over, false))
    return true
  }

  /** The live connection says that leases go on. */
  renewLeases(asked: number, seconds: Readonly<Record<string, number>>): void {
    this.leases.renew(asked, seconds)
    void this.store.write(['meta'], (txn) => txn.put('meta', 'leases', this.leases.mark())).catch(() => undefined)
  }

  /** Forgets every row that isn't everybody's, and keeps the outbox (protocol X2). */
  forgetPrivate(): Promise<void> {
    return this.#inTurn(() => this.#forget(this.#privateAuds(), false))
  }

  /** Commands without an outcome. */
  pending(): number {
    let pending = 0
    for (const entry of this.entries.values()) if (isPending(entry)) pending++
    return pending
  }

  /** Brings memory up to what any tab has written. */
  refresh(): Promise<void> {
    return this.#inTurn(() => this.#reload())
  }

  /** Saves a command durably under the next number, in the place of a settled one if asked. */
  async append(command: Omit<NewCommand, 'at' | 'seen'> & { at?: string }, replaces?: string): Promise<Saved> {
    const at = command.at ?? new Date(this.options.now()).toISOString()
    const seen = this.meta.seen === this.meta.epoch ? this.meta.seq : 0
    const { entry, stream } = await this.store.write(['meta', 'outbox'], (txn) => recordCommand(txn, { ...command, at, seen }, replaces), 'strict')
    this.stream = stream
    if (replaces) this.entries.delete(replaces)
    this.entries.set(entry.nonce, entry)
    this.options.changed(new Set(['@outbox']))
    this.options.wrote()
    return entry
  }

  /** Changes the queue by `fn` in one strict transaction; `fn` answers false when there is nothing to do. */
  async changeQueue(fn: (queue: Queue) => boolean): Promise<boolean> {
    const queue = await this.store.write(
      ['meta', 'outbox', 'journal'],
      async (txn) => {
        const loaded = await loadQueue(txn)
        if (!fn(loaded)) return null
        await saveQueue(txn, loaded)
        return loaded
      },
      'strict',
    )
    if (!queue) return false
    this.#remember(queue)
    this.options.changed(new Set(['@outbox']))
    this.options.wrote()
    return true
  }

  /** The next request of a device with an account. Its commands are marked as sent before it is answered. */
  async ask(options: Omit<AskOptions, 'app'>): Promise<Ask> {
    const ask = await this.store.write(['meta', 'outbox'], (txn) => askSync(txn, { ...options, app: this.options.app }))
    ask.asked = this.leases.now()
    for (const { nonce } of ask.body!.commands) {
      const entry = this.entries.get(nonce)
      if (entry) this.entries.set(nonce, { ...entry, sent: true })
    }
    if (ask.body!.commands.length > 0) {
      this.options.changed(new Set(['@outbox']))
      this.options.wrote()
    }
    return ask
  }

  /** The next request of a device without an account. */
  askPublic(): Promise<Ask> {
    return this.store.read(['meta'], askPublic)
  }

  /** What opens the live connection; null while the rows held aren't whole. */
  askLive(): Promise<LiveBody | null> {
    return this.store.read(['meta', 'outbox'], async (txn) => {
      const meta = await loadMeta(txn)
      if (meta.staged || meta.cursor === '') return null
      const queue = await loadQueue(txn)
      return { protocol: 1, schema: 1, stream: queue.stream.id, ack: ackOf(queue), cursor: meta.cursor }
    })
  }

  /** Takes the answer to `ask`: stages it, or applies it with what was staged when it is done. */
  async take(ask: Ask, text: string): Promise<Taken> {
    const answer = await parseAnswer(text)
    if (!answer) return { kind: 'cut', done: false, again: true, waitMs: 0, reborn: false, schema: null }
    return this.#inTurn(() => this.#take(ask, answer))
  }

  async #take(ask: Ask, answer: Answer): Promise<Taken> {
    const done = answer.end.done === true
    const waitMs = waitOf(answer)
    const written = await this.store.write(SYNC_STORES, async (txn) => {
      const recorded = await recordAnswer(txn, ask, answer, this.options.now())
      if (answer.wipe) await markWipe(txn, 'wiped')
      if (done && !recorded.stale && ask.kind === 'sync') {
        this.leases.grant(ask.asked ?? this.leases.now(), answer.end.leases ?? {})
        await txn.put('meta', 'leases', this.leases.mark())
      }
      return recorded
    })
    if (written.stale) {
      this.options.wrote()
      await this.#reload()
      return { kind: 'stale', done: false, again: true, waitMs, reborn: false, schema: answer.head.schema ?? null }
    }
    const fresh = startsFresh(this.meta, ask, answer)
    await this.#follow(ask.generation, written.meta, written.queue, fresh ? [VOID, ...answer.kept] : answer.kept)
    const repaired = done && (await this.#compareSums(ask, answer))
    return {
      kind: 'taken', done, wipe: answer.wipe, waitMs, reborn: written.reborn, again: !done || repaired, schema: answer.head.schema ?? null,
    }
  }

  /**
   * Applies one live frame. old: it tells of what is held, and nothing was changed. gap: it doesn't follow
   * what is held, so the device must pull.
   */
  frame(step: Frame): Promise<'applied' | 'old' | 'gap'> {
    return this.#inTurn(async () => {
      const written = await this.store.write(SYNC_STORES, (txn) => recordFrame(txn, step, this.options.now()))
      if (typeof written === 'string') return written
      await this.#follow(written.meta.generation - 1, written.meta, written.queue, step.kept)
      return 'applied'
    })
  }

  /** Asks for everything again at the next request; what is held stays until that is done. */
  startOver(): Promise<void> {
    return this.#inTurn(() => this.#startOver(this.meta.repair))
  }

  async #startOver(repair: Meta['repair']): Promise<void> {
    await this.store.write(['meta', 'segments'], (txn) => recordStart(txn, repair))
    this.options.wrote()
    await this.#reload()
  }

  /** Forgets the account's rows and its queue; what everybody may read stays. */
  leave(): Promise<void> {
    return this.#inTurn(() => this.#forget(this.#privateAuds(), true))
  }

  #privateAuds(): string[] {
    return [...this.base.sums().keys()].filter((aud) => aud !== 'public')
  }

  /**
   * Forgets audiences, and with `queue` what waits and what was done. The cursor claims them no more: the next
   * request starts over (protocol W3).
   */
  async #forget(auds: readonly string[], andQueue: boolean): Promise<void> {
    this.leases.forget(auds)
    await this.store.write(SYNC_STORES, async (txn) => {
      await recordDrops(txn, auds)
      await txn.put('meta', 'leases', this.leases.mark())
      if (andQueue) await recordLeaving(txn)
    })
    await this.#reload()
    // The rows must leave the disk, not only be marked as left.
    await this.#compact()
    this.options.wrote()
  }

  /** True when the segments hold more dead lines than live ones, or are more than a large town fills; or one that must go. */
  worthCompacting(): boolean {
    return this.#owed || this.meta.segments.length > 64 || this.base.lines > 2 * this.base.entries() + 500
  }

  /** Rewrites the live segments as few. False: another tab moved the cursor meanwhile, nothing was done. */
  compact(): Promise<boolean> {
    return this.#inTurn(() => this.#compact())
  }

  async #compact(): Promise<boolean> {
    const { generation } = this.meta
    const texts = await writeSegments(this.base.live())
    const meta = await this.store.write(['meta', 'segments'], (txn) => recordCompaction(txn, generation, texts))
    if (!meta) return false
    this.meta = meta
    this.base.lines = this.base.entries()
    this.#owed = false
    return true
  }

  /** Compares sums after a whole answer (protocol R6). True: everything is asked for again. */
  async #compareSums(ask: Ask, answer: Answer): Promise<boolean> {
    const { sums } = answer.end
    if (!sums) return false
    const equal = this.base.agrees(sums, ask.kind === 'sync')
    const { repair } = this.meta
    if (repair === (equal ? 0 : 2)) return false
    if (!equal && repair === 0) {
      await this.#startOver(1)
      return true
    }
    const verdict = equal ? 0 : 2
    await this.store.write(['meta'], async (txn) => txn.put('meta', 'sync', { ...(await loadMeta(txn)), repair: verdict }))
    this.meta = { ...this.meta, repair: verdict }
    this.options.changed(new Set(['@sync']))
    return false
  }

  #remember(queue: Queue): void {
    this.stream = queue.stream
    this.entries = inOrder(queue)
  }

  /** Memory follows a commit that went from generation `before` to `meta` and added `lines`. */
  async #follow(before: number, meta: Meta, queue: Queue, lines: KeptLine[]): Promise<void> {
    this.options.wrote()
    if (this.meta.generation !== before) return this.#reload()
    const changed = new Set(['@outbox', '@sync'])
    this.#staged = lines[0] === VOID ? lines : this.#staged.concat(lines)
    if (!meta.staged) {
      this.#owed = owesDisk(this.#staged, this.#owed)
      this.base.apply(this.#staged, changed)
      this.#staged = []
      this.#peek = null
    } else if (this.base.lines === 0) this.#peekAt(changed)
    this.meta = meta
    this.#remember(queue)
    this.options.changed(changed)
  }

  /** Shows the first of what was staged, once: to work out the list again and again costs more than the rest of the fetching. */
  #peekAt(changed: Set<string>): void {
    const open = this.#peek ? [] : this.#staged.filter((line) => line.row?.[0] === 'public')
    if (open.length === 0) return
    this.#peek = new Base()
    this.#peek.apply(open, changed)
  }

  /** Reads from disk what memory lacks: the new segments alone where that is all, or everything. */
  async #reload(): Promise<void> {
    for (;;) {
      const found = await this.store.read(['meta', 'segments'], (txn) => missing(txn, this.meta.segments))
      const lines = await parseAll(found.texts)
      const staged = await parseAll(found.stagedTexts)
      const state = await this.store.read(['meta', 'outbox'], async (txn) => ({
        meta: await loadMeta(txn),
        queue: await loadQueue(txn),
        leases: await txn.get('meta', 'leases'),
      }))
      // While the lines were read another tab may have gone on: rows and outbox must be of one moment.
      if (state.meta.generation !== found.meta.generation || state.meta.segments.join() !== found.meta.segments.join()) continue
      const changed = new Set(['@outbox', '@sync'])
      if (found.whole) {
        for (const name of this.base.names()) changed.add(name)
        this.base = new Base()
      }
      this.#owed = owesDisk(lines, this.#owed && !found.whole)
      this.base.apply(lines, changed)
      this.#staged = staged
      this.#peek = null
      if (staged.length > 0 && this.base.lines === 0) this.#peekAt(changed)
      this.meta = state.meta
      this.leases.load(state.leases)
      this.#remember(state.queue)
      this.options.changed(changed)
      return
    }
  }

  /** What changes memory after it waited does so one after the other. */
  #inTurn<T>(fn: () => Promise<T>): Promise<T> {
    const run = this.#turn.then(fn)
    this.#turn = run.catch(() => undefined)
    return run
  }
}
