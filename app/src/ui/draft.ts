/**
 * What is typed and not yet sent, so that a killed tab loses nothing. It is on this phone alone; it goes when it is sent,
 * when somebody starts over, and with the account.
 */
import type { LocalFacts } from '../sync'

/** Of one kind so many are kept, those typed last: what somebody never came back to is no business of this phone. */
const FEW = 5

export class Draft<Typed> {
  readonly #key: string

  /** `about`: whom or what it is about, where a page has several. */
  constructor(
    private readonly local: LocalFacts,
    kind: string,
    private readonly about = 'new',
  ) {
    this.#key = `draft/${kind}`
  }

  /** Undefined: there is none. */
  get kept(): Typed | undefined {
    return this.#all.find(([about]) => about === this.about)?.[1]
  }

  /** After each change. What is as it began, or was begun again, is none. */
  async keep(typed: Typed, began: Typed): Promise<void> {
    const now = JSON.stringify(typed)
    if (now === JSON.stringify(began)) return this.drop()
    if (now !== JSON.stringify(this.kept)) await this.local.set(this.#key, [[this.about, typed], ...this.#others].slice(0, FEW))
  }

  async drop(): Promise<void> {
    if (this.kept !== undefined) await this.local.set(this.#key, this.#others)
  }

  get #all(): [string, Typed][] {
    return (this.local.get(this.#key) as [string, Typed][] | undefined) ?? []
  }

  get #others(): [string, Typed][] {
    return this.#all.filter(([about]) => about !== this.about)
  }
}
