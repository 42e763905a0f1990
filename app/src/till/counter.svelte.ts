/**
 * What the till's screen shows: the verdict of the moment, a voucher that is asked about, and what was taken.
 */
import { AT_WORK } from '../turns/idle'
import { app } from '../ui/app.svelte'
import { till as said, type Told } from '../words/till'
import { begin } from './beside'
import { factsOf, listOf } from './facts'
import { formats } from './formats'
import { hand } from './handing'
import { codesOf } from './rules'
import { Sight } from './sight'
import { signal, type Signal } from './signals'
import type { Choices, Kept, Till, TillStore } from './store'
import { Taking, type Result } from './taking'

/** A verdict as it is shown, over everything. */
export interface Shown extends Told {
  tone: 'good' | 'stop' | 'wait'
  /** It can be taken back. */
  undo?: Kept
  /** It stays until somebody taps. */
  stays?: boolean
}

export type Asks = Extract<Result, { kind: 'asks' }>

/** How long a verdict stands by itself. */
const GOOD_MS = 4_000
const BAD_MS = 8_000
/** The server makes a new list within so many days. */
const OLD_DAYS = 7
const DAY_MS = 86_400_000
/** How long the server is waited for, before something is given. */
const ANSWER_MS = 20_000

export class Counter {
  records = $state.raw<readonly Kept[]>([])
  shown = $state.raw<Shown | null>(null)
  asks = $state.raw<Asks | null>(null)
  choices = $state.raw<Choices>({ facing: 'environment', sound: true, vibration: true })
  readonly #sight = new Sight()
  readonly #taking: Taking
  #timer: ReturnType<typeof setTimeout> | undefined
  #busy = false
  /** The last typed stamp, until the server has said what it is. */
  #typed = ''

  constructor(
    private readonly store: TillStore,
    readonly till: Till,
  ) {
    const clock = { now: () => Date.now(), offset: () => app.kith.offset }
    const rows = (collection: string) => app.kith.rows(collection)
    this.#taking = new Taking(store, till.id, formats(rows), clock, () => factsOf(rows, app.kith.status.online))
  }

  /** Follows the store. Answers how to stop. */
  start(): () => void {
    const read = async () => {
      this.records = await this.store.records()
      this.#heardOfTyped()
      this.choices = await this.store.choices()
    }
    void read()
    const stop = this.store.subscribe(() => void read())
    return () => {
      stop()
      clearTimeout(this.#timer)
    }
  }

  /** With signal a typed code is answered while its verdict still stands: then that is put right. */
  #heardOfTyped(): void {
    const typed = this.records.find((one) => one.id === this.#typed)
    if (!typed?.verdict) return
    this.#typed = ''
    const free = !this.shown || this.shown.undo?.id === typed.id
    if (free && typed.verdict.startsWith('rejected')) this.#tell({ kind: 'refused', code: codesOf(typed)[0] ?? '' })
  }

  now(): number {
    return Date.now() + app.kith.offset
  }

  get rules() {
    return factsOf((collection) => app.live.rows(collection), true).rules
  }

  /** What this device knows of cards that count no more; `behind`: days since it was heard, where that is too many. */
  get list(): { cards: number; heard: number; behind: number } {
    const list = listOf((collection) => app.live.rows(collection))
    const days = Math.floor((this.now() - list.heard) / DAY_MS)
    return { ...list, behind: list.heard > 0 && days >= OLD_DAYS ? days : 0 }
  }

  async choose(change: Partial<Choices>): Promise<void> {
    await this.store.choose((this.choices = { ...this.choices, ...change }))
  }

  /** A square that the camera sees, maybe for the hundredth time. */
  async see(digits: string): Promise<void> {
    const seen = this.asks || this.#busy ? null : this.#sight.sees(digits, Date.now())
    if (seen) await this.#run(() => this.#taking.scan(digits), (card) => this.#sight.stays(card, seen))
  }

  /** The camera was started by hand: whatever it sees is meant, also a card that was there until just now. */
  look(): void {
    this.#sight.clear()
  }

  /** A square that somebody has read on purpose. */
  async read(digits: string): Promise<void> {
    if (!this.asks) await this.#run(() => this.#taking.scan(digits))
  }

  type(code: string): Promise<void> {
    return this.#run(() => this.#taking.type(code))
  }

  undo(record: Kept): Promise<void> {
    return this.#run(() => this.#taking.undo(record.id))
  }

  async give(): Promise<void> {
    const asks = this.asks
    if (!asks) return
    this.asks = null
    if (asks.online) this.#show({ ...said.asking, tone: 'wait', stays: true })
    await this.#run(() => this.#taking.give(asks, (record) => this.#answer(record)))
  }

  leave(): void {
    this.asks = null
    this.#sight.clear()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.shown = null
  }

  async #run(work: () => Promise<Result>, stays: (card: string) => boolean = () => false): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    try {
      const result = await work()
      if (!stays(cardOf(result)) || result.kind === 'asks') this.#tell(result)
    } finally {
      this.#busy = false
    }
  }

  #tell(result: Result): void {
    dispatchEvent(new Event(AT_WORK))
    if (result.kind === 'asks') {
      this.close()
      this.asks = result
      this.#signal('ask')
      return
    }
    if (result.kind === 'stamped' && result.record.kind === 'typed') this.#typed = result.record.id
    const shown = shownOf(result)
    this.#signal(shown.tone === 'good' ? 'yes' : 'no')
    this.#show(shown)
  }

  #signal(what: Signal): void {
    signal(what, this.choices)
  }

  #show(shown: Shown): void {
    clearTimeout(this.#timer)
    this.shown = shown
    if (!shown.stays) this.#timer = setTimeout(() => (this.shown = null), shown.tone === 'good' ? GOOD_MS : BAD_MS)
  }

  /** Hands the record over at once, and waits for what the server says; '' where the signal goes first. */
  async #answer(record: Kept): Promise<string> {
    const work = await begin(app.kith)
    await hand(app.kith, this.store, Date.now(), true).catch(() => undefined)
    return new Promise((resolve) => {
      const end = (verdict: string) => {
        clearTimeout(late)
        stopStore()
        stopKith()
        resolve(verdict)
      }
      const look = async () => {
        const verdict = (await this.store.records()).find((one) => one.id === record.id)?.verdict
        if (verdict) end(verdict)
        else if (!app.kith.status.online) end('')
      }
      const late = setTimeout(() => end(''), ANSWER_MS)
      const stopStore = this.store.subscribe(() => void look())
      const stopKith = app.kith.subscribe((changed) => changed.has('@status') && void look())
      void work().then(look)
    })
  }
}

function cardOf(result: Result): string {
  if (result.kind === 'asks') return result.square.card
  return result.kind === 'refused' ? (result.card ?? '') : result.record.card
}

/** A verdict in words. */
export function shownOf(result: Exclude<Result, { kind: 'asks' }>): Shown {
  switch (result.kind) {
    case 'stamped': {
      const told = { phone: said.stamped, printed: said.stampedPaper, typed: said.typed }[result.record.kind]
      return { ...told, tone: 'good', undo: result.record }
    }
    case 'given': {
      const reward = result.record.reward ?? ''
      return { ...(result.sure ? said.givenSure(reward) : said.given(reward)), tone: 'good', stays: true }
    }
    case 'undone':
      return { ...said.undone, tone: 'good' }
    case 'refused': {
      const told = said.refusals[result.code] ?? { word: said.states.refused, text: said.answers[result.code] ?? said.otherAnswer }
      return { ...told, tone: 'again' in told ? 'wait' : 'stop' }
    }
  }
}
