/**
 * Back, for as long as the form is open. One entry of the history lies above the page that was there, and it is that
 * page's twin: the same address, the same state, the same title. Back takes the twin away, and the form hears of it
 * instead of losing all that was typed. When the form is left, the history stands again at the page below; all that may
 * still lie ahead is the twin, which is a page that was there anyway, and the next form takes its place.
 */

/** A step that nobody has heard of for so long isn't coming. */
const LATE_MS = 1_000

export interface Steps {
  /** Back was pressed. True: the form stays open. */
  back: () => boolean
  /** They went further than one step: it is another page now. */
  away: () => void
}

export class Above {
  #steps: Steps | null = null
  #address = ''
  #risen = false
  /** The browser took no twin: then it is the page itself that Back leaves. */
  #alone = false
  /** Steps through the history take a moment: one at a time. */
  #work: Promise<void> = Promise.resolve()
  /** Resolves while this page is the one that is there. */
  #here: Promise<unknown> = Promise.resolve()

  constructor() {
    addEventListener('pagehide', () => (this.#here = new Promise((back) => addEventListener('pageshow', back, { once: true }))))
  }

  /** Lays the twin above the page that is there. */
  begin(steps: Steps): void {
    this.#steps = steps
    this.#next(async () => {
      if (this.#steps !== steps) return
      this.#address = here()
      addEventListener('popstate', this.#popped)
      this.#alone = true
      history.pushState(history.state, '')
      ;[this.#alone, this.#risen] = [false, true]
    })
  }

  /** Goes down to the page below. `address`: what that one is from now on; '': what it was. */
  end(address = ''): void {
    this.#steps = null
    this.#next(async () => {
      removeEventListener('popstate', this.#popped)
      if (!this.#risen) return
      this.#risen = false
      // NB! Whoever has gone to another page would be brought back from there: the step waits until they are here again.
      await this.#here
      await step(-1, () => address && history.replaceState({ depth: Number(history.state?.depth ?? 0) }, '', address))
    })
  }

  /** NB! What a browser refuses, as too many steps in a short time, ends no step after it. */
  #next(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch(() => undefined)
  }

  #popped = (): void => {
    if ((!this.#risen && !this.#alone) || !this.#steps) return
    this.#risen = false
    if (this.#alone || here() !== this.#address) return this.#steps.away()
    if (!this.#steps.back()) return
    this.#next(async () => {
      // Left at once, in between: then it is well to be down here.
      if (!this.#steps) return
      await step(1)
      this.#risen = true
    })
  }
}

/** Which page it is. On a shared device the address is always the same; how many pages lie behind it isn't. */
const here = (): string => `${location.href} ${history.state?.depth ?? 0}`

/** One step through the history, of which nobody else hears; `there` is done before anything is shown. */
function step(by: 1 | -1, there?: () => void): Promise<void> {
  return new Promise((done) => {
    const arrived = (event: Event) => {
      event.stopImmediatePropagation()
      clearTimeout(late)
      there?.()
      done()
    }
    const late = setTimeout(() => {
      removeEventListener('popstate', arrived, { capture: true })
      done()
    }, LATE_MS)
    addEventListener('popstate', arrived, { capture: true, once: true })
    history.go(by)
  })
}
