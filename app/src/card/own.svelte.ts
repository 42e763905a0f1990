/** What is somebody's own of the card scheme, as the screens read it. One for each screen that asks. */
import { app } from '../ui/app.svelte'
import type { Bearer } from './key'
import { accountOf, goalsOf, phonesOf, printedCards, standingOf, todayAsNumber, visitsOf } from './mine'
import { isKeyOf } from './proofs.svelte'

export class Own {
  /** Null until the phone has found the key, or made one. */
  bearer = $state.raw<Bearer | null>(null)
  failed = $state(false)
  readonly member = $derived(app.live.me?.member ?? '')
  readonly today = $derived(todayAsNumber(app.now))
  readonly #found = $derived(standingOf(app.live.rows('cards').values(), (packed) => this.bearer !== null && isKeyOf(packed, this.bearer), this.today))
  readonly card = $derived(this.#found.card)
  /** Not known before the key is. */
  readonly standing = $derived(this.bearer ? this.#found.standing : '')
  readonly phones = $derived(phonesOf(app.live.rows('cards').values()))
  readonly account = $derived(accountOf(app.live.rows('accounts').values(), this.member))
  readonly printed = $derived(printedCards(app.live.rows('cards').values(), this.account?.id ?? '', this.today))
  readonly stamps = $derived(Number(this.account?.stamps ?? 0))
  readonly goals = $derived(goalsOf(app.live.rows('rewards').values(), this.stamps))
  readonly visits = $derived(visitsOf(app.live.rows('stamps').values()))
  /** What was printed for somebody is theirs, and on paper. */
  readonly vouchers = $derived([...app.live.rows('vouchers').values()].filter((row) => !row.printed).sort((a, b) => b.issued - a.issued || (a.id < b.id ? 1 : -1)))
  readonly open = $derived(this.vouchers.filter((row) => row.status === 'open' && row.expires > this.today))
  readonly past = $derived(this.vouchers.filter((row) => row.status !== 'open' || row.expires <= this.today))

  /** The key of the card; `fresh`: a new one, as after a loss. */
  async find(fresh = false): Promise<Bearer | null> {
    try {
      this.bearer = await app.kith.bearer(fresh)
      this.failed = false
    } catch {
      this.failed = true
    }
    return this.bearer
  }
}
