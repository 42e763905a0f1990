/**
 * What is typed and not yet sent, so that a killed tab loses nothing. It is on this phone alone; it goes when it is sent,
 * when somebody starts over, after four weeks, and with the account.
 */
import type { LocalFacts } from '../sync'

/** Of one kind so many are kept, those typed last: what somebody never came back to is no business of this phone. */
const FEW = 5

/** Milliseconds: a holiday is shorter. Whom it is about may not even be helped from this phone any more. */
const LONG_MS = 28 * 86_400_000

const KINDS = ['ask', 'circle', 'joining', 'listing', 'message', 'slot'] as const
type Kind = (typeof KINDS)[number]

/** `at`: when it was last typed in, by this phone's clock. */
type Kept<Typed> = [about: string, typed: Typed, at: number]

const keyOf = (kind: Kind) => `draft/${kind}`

/** Of each kind what was left for too long. */
export async function forgetOld(local: LocalFacts, now: number): Promise<void> {
  for (const key of KINDS.map(keyOf)) {
    const all = (local.get(key) as Kept<unknown>[] | undefined) ?? []
    const old = all.filter(([, , at]) => at <= now - LONG_MS)
    if (old.length > 0) await local.set(key, all.filter((one) => !old.includes(one)))
  }
}

export class Draft<Typed> {
  readonly #key: string

  /** `about`: whom or what it is about, where a page has several. */
  constructor(
    private readonly local: LocalFacts,
    kind: Kind,
    private readonly about = 'new',
  ) {
    this.#key = keyOf(kind)
  }

  /** Undefined: there is none. */
  get kept(): Typed | undefined {
    return this.#all.find(([about]) => about === this.about)?.[1]
  }

  /** After each change. What is as it began, or was begun again, is none. */
  async keep(typed: Typed, began: Typed): Promise<void> {
    const now = JSON.stringify(typed)
    if (now === JSON.stringify(began)) return this.drop()
    if (now !== JSON.stringify(this.kept)) await this.#put([[this.about, typed, Date.now()], ...this.#others])
  }

  async drop(): Promise<void> {
    if (this.kept !== undefined) await this.#put(this.#others)
  }

  /** A phone without room keeps none, and what was sent is sent all the same. */
  #put(all: Kept<Typed>[]): Promise<void> {
    return this.local.set(this.#key, all.slice(0, FEW)).catch(() => undefined)
  }

  get #all(): Kept<Typed>[] {
    return (this.local.get(this.#key) as Kept<Typed>[] | undefined) ?? []
  }

  get #others(): Kept<Typed>[] {
    return this.#all.filter(([about]) => about !== this.about)
  }
}
