/**
 * When the form must be gone: nobody touches it any more, the page is hidden, or its writer wants it gone at once.
 */
export const BLANK_MS = 45_000
const LOOK_MS = 1_000
const SHIFTS = 3
const SHIFTS_MS = 2_000
const SIGNS = ['pointerdown', 'keydown', 'input', 'wheel', 'touchmove'] as const

/** Shift, three times, and nothing in between: a way out that needs no looking. */
export class ThreeShifts {
  #times: number[] = []

  /** True with the third one. */
  press(key: string, now: number): boolean {
    if (key !== 'Shift') this.#times = []
    else this.#times = [...this.#times.filter((time) => now - time < SHIFTS_MS), now]
    if (this.#times.length < SHIFTS) return false
    this.#times = []
    return true
  }
}

export interface Ends {
  /** Nobody is there, or the page is hidden: what was typed must go. */
  blank: () => void
  /** Its writer leaves at once. */
  leave: () => void
}

/** Watches for all of it. Answers how to stop. */
export function watchLeaving({ blank, leave }: Ends): () => void {
  const stop = new AbortController()
  const { signal } = stop
  const shifts = new ThreeShifts()
  let last = Date.now()
  const sign = () => (last = Date.now())
  for (const one of SIGNS) addEventListener(one, sign, { passive: true, capture: true, signal })
  const look = () => {
    // A clock that was set back is no reason to go on showing it.
    if (Date.now() - last >= BLANK_MS || Date.now() < last - LOOK_MS) blank()
  }
  const timer = setInterval(look, LOOK_MS)
  document.addEventListener('visibilitychange', () => (document.visibilityState === 'hidden' ? blank() : look()), { signal })
  addEventListener('pagehide', blank, { signal })
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape' || shifts.press(event.repeat ? '' : event.key, Date.now())) leave()
  }, { capture: true, signal })
  return () => {
    stop.abort()
    clearInterval(timer)
  }
}
