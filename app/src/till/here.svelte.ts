/** The tills that this device is, for screens. */
import { app } from '../ui/app.svelte'
import { begin } from './beside'
import { tillFor } from './opening'
import { tillStore, type Till, type TillStore } from './store'

class Here {
  store = $state.raw<TillStore | null>(null)
  /** The browser gives no storage. */
  failed = $state(false)
  #tills = $state.raw<readonly Till[]>([])

  /** The till for a shop, as it stands. */
  till(shop: string): Till | null {
    return tillFor(this.#tills, shop) ?? null
  }

  /** Reads, and reads again with every change. Answers how to stop. */
  follow(): () => void {
    const over = new AbortController()
    void this.#follow(over.signal).catch(() => (this.failed = true))
    return () => over.abort()
  }

  /** NB! It listens before it reads, and reads before anything can be tapped: no change is missed in between. */
  async #follow(over: AbortSignal): Promise<void> {
    const store = await tillStore()
    if (over.aborted) return
    over.addEventListener('abort', store.subscribe(() => void this.#read(store)))
    await this.#read(store)
    this.store = store
    await begin(app.kith)
  }

  async #read(store: TillStore): Promise<void> {
    this.#tills = await store.tills()
  }
}

export const here = new Here()
