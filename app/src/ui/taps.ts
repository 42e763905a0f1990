/**
 * Many people tap everything twice. The second of two taps that come together is none where it would send a form again,
 * or where something else has come under the finger meanwhile: a page that opened, a box that went.
 */
export interface Tap {
  /** The button, link or field that was hit. */
  on: unknown
  /** It sends a form. */
  submits: boolean
  /** Which of several taps together it is, as the browser counts; a key is none. */
  count: number
  by: string
  at: number
  x: number
  y: number
}

/** Some phones call each tap the first. */
const TOGETHER_MS = 350
const NEAR_PX = 30
const CONTROLS = 'button, a, label, summary, input, select, textarea'

export class Taps {
  #last: Tap | null = null

  isSecond(tap: Tap): boolean {
    const last = this.#last
    this.#last = tap
    if (!last) return false
    const together = tap.count > 1 || (tap.count === 1 && tap.by === 'touch' && tap.at - last.at < TOGETHER_MS && Math.hypot(tap.x - last.x, tap.y - last.y) < NEAR_PX)
    return together && (tap.submits || tap.on !== last.on)
  }
}

/** Looks at every tap of this page before anything else does. */
export function watchTaps(): void {
  const taps = new Taps()
  let by = ''
  addEventListener('pointerdown', (event) => (by = event.pointerType), true)
  addEventListener(
    'click',
    (event) => {
      const on = (event.target as Element).closest<HTMLButtonElement>(CONTROLS)
      const submits = on?.type === 'submit' && on.form !== null
      if (!taps.isSecond({ on, submits, count: event.detail, by, at: event.timeStamp, x: event.clientX, y: event.clientY })) return
      event.preventDefault()
      event.stopImmediatePropagation()
    },
    true,
  )
}
