/**
 * Hand scanners that pretend to be a keyboard: they type what they read faster than anybody could, and then Enter.
 */

/** Between two keys of a scanner. */
const GAP_MS = 60
/** … and at most so long once it is known to be one: the phone may be busy meanwhile. */
const STALL_MS = 500
/** The shortest square that a till reads has far more digits; what a person types has fewer. */
const LEAST = 60

export class Wedge {
  #digits = ''
  #last = 0

  /** Takes one key, with its time. Answers the whole text when a scanner has ended it; else ''. */
  key(key: string, at: number): string {
    const quick = at - this.#last <= (this.types ? STALL_MS : GAP_MS)
    this.#last = at
    if (key === 'Enter') {
      const text = quick && this.#digits.length >= LEAST ? this.#digits : ''
      this.#digits = ''
      return text
    }
    this.#digits = /^\d$/.test(key) ? (quick ? this.#digits : '') + key : ''
    return ''
  }

  /** So many digits came so fast that it is a scanner. */
  get types(): boolean {
    return this.#digits.length > 12
  }
}

/** Listens on the whole page. What the scanner typed into a field is taken out again. Answers how to stop. */
export function listen(found: (digits: string) => void): () => void {
  const wedge = new Wedge()
  const hear = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const text = wedge.key(event.key, event.timeStamp)
    if (!text && !wedge.types) return
    event.preventDefault()
    event.stopPropagation()
    if (!text) return
    const field = document.activeElement
    if (field instanceof HTMLInputElement) {
      field.value = ''
      field.dispatchEvent(new Event('input', { bubbles: true }))
    }
    found(text)
  }
  addEventListener('keydown', hear, { capture: true })
  return () => removeEventListener('keydown', hear, { capture: true })
}
