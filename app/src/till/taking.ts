/**
 * What happens when something is held before a till: it is looked at, refused with a code, or written down.
 */
import { append, type Clock, type Entry, type Sign } from './chain'
import { canUndo, codesOf, refusalOf, type Rules } from './rules'
import type { Kept, TillStore } from './store'

/** A square whose every part was found right. */
export interface Square {
  kind: 'phone' | 'printed'
  /** When it was looked at: a record is of then, for its proof is good for seconds. */
  at: number
  /** The card's own number. */
  card: string
  packed: Uint8Array
  /** The id of the proof; absent on paper. */
  proof?: string
  voucher?: Voucher
}

export interface Voucher {
  packed: Uint8Array
  id: string
  reward: string
  pence: number
  /** It may be taken with no signal. */
  offline: boolean
}

/** What a square is; `card` as far as it could be read. */
export type Look = { square: Square } | { code: string; card?: string }

/** The formats of the card, so that a test can give others. */
export interface Formats {
  look(digits: string, now: number): Promise<Look>
  sign: Sign
}

export interface Facts {
  rules: Rules
  zone: string
  /** Where a reward can be had; absent: everywhere, or this device doesn't know the reward. */
  shopsOf(reward: string): readonly string[] | undefined
  /** The reward in words. */
  titleOf(reward: string): string
  online: boolean
}

/** What comes of it. */
export type Result =
  | { kind: 'stamped'; record: Kept }
  | { kind: 'given'; record: Kept; sure: boolean }
  | { kind: 'undone'; record: Kept }
  /** A voucher: its reward is shown in words, and given only then. */
  | { kind: 'asks'; square: Square & { voucher: Voucher }; title: string; online: boolean }
  | { kind: 'refused'; code: string; card?: string }

export class Taking {
  constructor(
    private readonly store: TillStore,
    private readonly till: string,
    private readonly formats: Formats,
    private readonly clock: Clock,
    private readonly facts: () => Facts,
  ) {}

  /** What was read: a card is stamped at once, a voucher is asked about. */
  async scan(digits: string): Promise<Result> {
    const look = await this.formats.look(digits, this.clock.now() + this.clock.offset())
    if ('code' in look) return { kind: 'refused', ...look }
    const { square } = look
    if (square.voucher) return this.#ask({ ...square, voucher: square.voucher })
    const entry: Entry = { act: 'stamp', at: square.at, kind: square.kind, card: square.card, packed: square.packed, ...(square.proof ? { proof: square.proof } : {}) }
    return this.#take(entry, (record) => ({ kind: 'stamped', record }))
  }

  /** A code typed off a printed card; only the server knows whose it is. */
  async type(code: string): Promise<Result> {
    if (!/^[0-9A-HJKMNP-TV-Z]{8}$/.test(code)) return { kind: 'refused', code: 'code_unknown' }
    return this.#take({ act: 'stamp', kind: 'typed', card: code, code }, (record) => ({ kind: 'stamped', record }))
  }

  async #ask(square: Square & { voucher: Voucher }): Promise<Result> {
    const { voucher, card } = square
    const facts = this.facts()
    const { shop } = (await this.store.till(this.till)) ?? { shop: '' }
    if (facts.shopsOf(voucher.reward)?.includes(shop) === false) return { kind: 'refused', code: 'voucher_shop', card }
    const sure = voucher.offline && voucher.pence <= facts.rules.offlinePence
    if (!sure && !facts.online) return { kind: 'refused', code: 'voucher_online', card }
    return { kind: 'asks', square, title: facts.titleOf(voucher.reward), online: !sure }
  }

  /** "Give it": written down, so that it is given once. `wait` resolves with the server's verdict, or '' without one. */
  async give({ square, title, online }: Extract<Result, { kind: 'asks' }>, wait: (record: Kept) => Promise<string>): Promise<Result> {
    const { voucher, at, card, kind, packed, proof } = square
    const entry: Entry = { act: 'redeem', at, kind, card, packed, packedVoucher: voucher.packed, voucher: voucher.id, reward: title, ...(proof ? { proof } : {}) }
    const result = await this.#take(entry, (record) => ({ kind: 'given', record, sure: false }))
    if (result.kind !== 'given' || !online) return result
    const verdict = await wait(result.record)
    if (verdict === '') return { kind: 'refused', code: 'voucher_asking', card }
    return verdict.startsWith('rejected') ? { kind: 'refused', code: verdict.split(':')[1] ?? '', card } : { ...result, sure: true }
  }

  /** Takes a stamp back. */
  async undo(id: string): Promise<Result> {
    const { rules } = this.facts()
    return this.#append((till, records, now) => {
      const record = records.find((one) => one.id === id)
      if (record?.verdict?.startsWith('rejected')) return { kind: 'refused', code: codesOf(record)[0] ?? '' }
      if (!record || !canUndo(record, records, { till, rules, now })) return { kind: 'refused', code: 'undo_late' }
      return { act: 'undo', kind: record.kind, card: record.card, of: id }
    }, (record) => ({ kind: 'undone', record }))
  }

  #take(entry: Entry, done: (record: Kept) => Result): Promise<Result> {
    const { rules, zone } = this.facts()
    return this.#append((till, records, now, shop) => {
      const code = refusalOf(entry, records, { till, shop, rules, zone, now })
      return code ? { kind: 'refused', code, card: entry.card } : entry
    }, done)
  }

  async #append(decide: (till: string, records: Kept[], now: number, shop: string) => Entry | Result, done: (record: Kept) => Result): Promise<Result> {
    try {
      const made = await append<Result>(this.store, this.till, this.clock, this.formats.sign, (till, records, now) => {
        const decided = decide(till.id, records, now, till.shop)
        return 'act' in decided ? { write: decided } : { say: decided }
      })
      return 'wrote' in made ? done(made.wrote) : made.say
    } catch (error) {
      return { kind: 'refused', code: (error as Error).name === 'TillOver' ? 'till_ended' : 'storage' }
    }
  }
}
