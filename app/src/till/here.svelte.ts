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
    let over = false
    let stop: (() => void) | undefined
    void this.#open().then((store) => {
      if (!store || over) return
      stop = store.subscribe(() => void this.#read(store))
    })
    return () => {
      over = true
      stop?.()
    }
  }

  async #open(): Promise<TillStore | null> {
    try {
      const store = await tillStore()
      await this.#read(store)
      this.store = store
      await begin(app.kith)
      return store
    } catch {
      this.failed = true
      return null
    }
  }

  async #read(store: TillStore): Promise<void> {
    this.#tills = await store.tills()
  }
}

export const here = new Here()
