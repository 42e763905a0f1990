/**
 * The pages of a turn on a shared device. The browser is told none of them: each entry of its history says `/`, and
 * which page it is stands here, in memory, and ends with the turn. Back and Forward work as anywhere; whoever comes next
 * finds no address to go back to, neither by Back nor in the browser's own history.
 */
import { newNonce } from '../sync/ids'
import type { Kept } from '../ui/router.svelte'

/** A step back that nobody has heard of for so long isn't coming. */
const LATE_MS = 1_000

/**
 * What this page was opened with, before anybody is asked for a PIN: from then on the address is `/`. Where the browser
 * went back, or loaded it anew, the address may be what somebody before looked at: nobody is led there.
 */
export function arrive(): { asked: string; hash: string } {
  const [how] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  const { pathname, hash } = location
  history.replaceState(null, '', '/')
  return { asked: how?.type === 'navigate' ? pathname + hash : '/', hash }
}

export class Hidden {
  /** An entry of another turn has another name. */
  readonly #turn = newNonce()
  /** By how many pages lie behind each. */
  readonly #pages: string[] = []

  constructor(first: string) {
    this.replaceState({ depth: 0 }, '', first)
  }

  pushState(state: Kept, _: string, address: string): void {
    history.pushState(this.#note(state, address), '', '/')
  }

  replaceState(state: Kept, _: string, address: string): void {
    history.replaceState(this.#note(state, address), '', '/')
  }

  /** The page of the entry that the browser stands at. One from before this turn is the front page. */
  here(): URL {
    if (this.#kept.turn !== this.#turn) this.replaceState({ depth: 0 }, '', '/')
    return new URL(this.#pages[this.#kept.depth ?? 0] ?? '/', location.href)
  }

  /** Goes back to the entry that the turn began at, so that whoever comes next needn't go back through all of it. */
  async leave(): Promise<void> {
    const { depth, turn } = this.#kept
    if (!depth || turn !== this.#turn) return
    await new Promise<void>((done) => {
      addEventListener('popstate', () => done(), { once: true })
      setTimeout(done, LATE_MS)
      history.go(-depth)
    })
  }

  get #kept(): Kept {
    return (history.state as Kept | null) ?? {}
  }

  /** Keeps the address of an entry. Answers what the browser may know of it. */
  #note(state: Kept, address: string): Kept {
    this.#pages[state.depth ?? 0] = address
    return { ...state, turn: this.#turn }
  }
}
