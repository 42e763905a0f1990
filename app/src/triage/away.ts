/**
 * Notices that a screen was hidden for so long that what stands on it must not be there any more.
 */
export const AWAY_MS = 60_000

export class Away {
  #since: number | null = null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly gone: () => void) {}

  /** Watches this page. Answers how to stop. */
  watch(): () => void {
    const look = () => this.saw(document.visibilityState === 'hidden', Date.now())
    // A page that the browser puts aside and brings back whole must come back without what was on it.
    const left = () => this.gone()
    document.addEventListener('visibilitychange', look)
    addEventListener('pagehide', left)
    look()
    return () => {
      clearTimeout(this.#timer)
      document.removeEventListener('visibilitychange', look)
      removeEventListener('pagehide', left)
    }
  }

  /** NB! A hidden page's timers may sleep: the time is looked at again before anything is seen. */
  saw(hidden: boolean, now: number): void {
    clearTimeout(this.#timer)
    if (hidden) {
      this.#since ??= now
      this.#timer = setTimeout(() => this.saw(true, Date.now()), AWAY_MS)
    }
    const away = this.#since === null ? 0 : now - this.#since
    if (!hidden) this.#since = null
    if (away >= AWAY_MS || away < 0) this.gone()
  }
}
