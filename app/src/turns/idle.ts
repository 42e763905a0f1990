/**
 * Notices that nobody is there any more.
 */
export const IDLE_MS = 3 * 60_000
const LOOK_MS = 5_000
/** Sent by what is worked without being touched: a till that reads cards. */
export const AT_WORK = 'kith:at-work'
const SIGNS = ['pointerdown', 'keydown', 'wheel', 'touchmove', AT_WORK] as const

export class Idle {
  #last = Date.now()

  constructor(private readonly gone: () => void) {}

  watch(): void {
    for (const sign of SIGNS) addEventListener(sign, () => this.sign(Date.now()), { passive: true, capture: true })
    setInterval(() => this.look(Date.now()), LOOK_MS)
    // A page that was hidden, or a tablet that slept, had no timers: look before anything is seen.
    document.addEventListener('visibilitychange', () => this.look(Date.now()))
  }

  sign(now: number): void {
    // Too late: whoever touches it now may be somebody else.
    if (!this.look(now)) this.#last = now
  }

  /** True when nobody was there for too long, or the clock was set back. */
  look(now: number): boolean {
    const over = now - this.#last >= IDLE_MS || now < this.#last - LOOK_MS
    if (over) this.gone()
    return over
  }
}
