/**
 * Where the person is. Own and small: paths by the history API, filters and codes behind `#`.
 *
 * Every click on a link to this app is taken here; everything else is left to the browser. Scrolled
 * positions are kept in the history entry, so that Back finds the list where it was.
 */
import { tick } from 'svelte'
import { leisure } from '../sync/pause'
import type { Hidden } from '../turns/hidden'

export interface Kept {
  y?: number
  /** How many of the app's own pages lie behind this one. */
  depth?: number
  /** The turn on a shared device that it was a page of. */
  turn?: string
}

class Router {
  path = $state('/')
  /** Without the `#`. */
  hash = $state('')
  /** Rises with every move to another page, so that the shell can move the focus. */
  moves = $state(0)
  /** In a turn on a shared device: keeps the addresses, of which the browser is told none. */
  hidden: Hidden | null = null
  /** The browser hasn't been told yet what stands behind the `#`. */
  #owes = false

  /** Begins to follow the address. Answers how to stop. */
  start(): () => void {
    history.scrollRestoration = 'manual'
    this.#read()
    const onPop = () => this.#arrive(this.#kept.y ?? 0)
    const onHash = () => this.#read()
    addEventListener('popstate', onPop)
    addEventListener('hashchange', onHash)
    document.addEventListener('click', this.#onClick)
    addEventListener('scrollend', this.#keepScroll)
    return () => {
      removeEventListener('popstate', onPop)
      removeEventListener('hashchange', onHash)
      document.removeEventListener('click', this.#onClick)
      removeEventListener('scrollend', this.#keepScroll)
    }
  }

  /** Goes to an address of this app. `replace`: Back will not come back here. */
  go(address: string, options: { replace?: boolean } = {}): void {
    this.#tell()
    this.#keepScroll()
    const depth = (this.#kept.depth ?? 0) + (options.replace ? 0 : 1)
    this.#book[options.replace ? 'replaceState' : 'pushState']({ depth }, '', address)
    this.#arrive(0)
  }

  /**
   * Changes what stands behind `#` without a new entry and without moving anything. `typed`: with every key, and to tell
   * the browser takes as long as to search; it is told once the list has followed, or before the next page opens.
   */
  setHash(hash: string, typed = false): void {
    this.hash = hash
    this.#owes = true
    if (typed) void leisure().then(() => this.#tell())
    else this.#tell()
  }

  /** Back to the page before, or to `fallback` when the app was opened here. */
  back(fallback: string): void {
    if (this.#kept.depth) history.back()
    else this.go(fallback, { replace: true })
  }

  get #kept(): Kept {
    return (history.state as Kept | null) ?? {}
  }

  get #book(): Pick<History, 'pushState' | 'replaceState'> {
    return this.hidden ?? history
  }

  #tell(): void {
    if (this.#owes) this.#book.replaceState(history.state, '', this.path + (this.hash ? `#${this.hash}` : ''))
    this.#owes = false
  }

  #read(): void {
    this.#owes = false
    const { pathname, hash } = this.hidden?.here() ?? location
    this.path = pathname
    this.hash = hash.slice(1)
  }

  #arrive(y: number): void {
    const before = this.path
    this.#read()
    if (this.path !== before) this.moves++
    void tick().then(() => requestAnimationFrame(() => scrollTo(0, y)))
  }

  #keepScroll = (): void => {
    history.replaceState({ ...this.#kept, y: scrollY }, '')
  }

  #onClick = (event: MouseEvent): void => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = (event.target as Element).closest?.('a')
    if (!link?.href || link.target || link.hasAttribute('download') || link.origin !== location.origin) return
    const inPage = link.pathname === location.pathname && link.hash && link.getAttribute('href')?.startsWith('#')
    if (inPage) return
    event.preventDefault()
    this.go(link.pathname + link.hash)
  }
}

export const router = new Router()
