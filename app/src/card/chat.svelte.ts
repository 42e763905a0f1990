/**
 * "Happy to chat", on the bearer's own screen. It lives in the memory of this page and nowhere else: it is not in any
 * table, request, log, address, history or storage of the browser, so that no list of who is open to chat can exist.
 */
const HOURS = 2
const UP_MS = HOURS * 3_600_000

class Chat {
  /** Until when the sign is up, by this phone's clock; 0: it isn't. */
  until = $state(0)
  #timer: ReturnType<typeof setTimeout> | undefined

  up(): void {
    clearTimeout(this.#timer)
    this.until = Date.now() + UP_MS
    this.#timer = setTimeout(() => this.#look(), UP_MS)
    // A phone that slept has not counted: it looks again once it is woken.
    document.addEventListener('visibilitychange', this.#look)
  }

  down(): void {
    clearTimeout(this.#timer)
    document.removeEventListener('visibilitychange', this.#look)
    this.until = 0
  }

  #look = (): void => {
    if (Date.now() >= this.until) this.down()
  }
}

export const chat = new Chat()
