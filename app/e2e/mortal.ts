/**
 * A tab that dies at a step of its disk: at the n-th it stands still, as if the phone's power had gone, until the test
 * has killed its process. Steps are a transaction that begins and a write that is committed; with KITH_STEPS=all each
 * request is one, too.
 */
import type { BrowserContext, CDPSession, Page } from '@playwright/test'

const EVERY = process.env.KITH_STEPS === 'all'
const GRAVE = '/standing-still'

export class Mortal {
  /** What the page showed as its heading when it stood still. */
  heading = ''
  #stood!: () => void
  /** Resolves when the tab stands still. */
  readonly stood = new Promise<void>((stood) => (this.#stood = stood))

  private constructor(
    readonly page: Page,
    /** Made while the page still answers. */
    private readonly session: CDPSession,
  ) {}

  /** A tab that stands still at step `most`, counted from when it opens; without it, when it is told to. */
  static async open(context: BrowserContext, most = Infinity): Promise<Mortal> {
    const page = await context.newPage()
    const mortal = new Mortal(page, await context.newCDPSession(page))
    await page.route(`**${GRAVE}*`, (route) => {
      mortal.heading = decodeURIComponent(new URL(route.request().url()).search.slice(1))
      mortal.#stood()
    })
    await page.addInitScript(stepping, { most: most === Infinity ? -1 : most, every: EVERY, grave: GRAVE })
    return mortal
  }

  /** Stands still after so many steps more. */
  async standsAfter(steps: number): Promise<void> {
    await this.page.evaluate((n) => (globalThis as any).standsAfter(n), steps)
  }

  /** Steps since it was opened. */
  steps(): Promise<number> {
    return this.page.evaluate(() => (globalThis as any).stepsTaken())
  }

  /** Ends the tab's process, in the middle of whatever it does. */
  async kill(): Promise<void> {
    const crashed = this.page.waitForEvent('crash')
    void this.session.send('Page.crash').catch(() => undefined) // nobody is left to answer
    await crashed
    await this.page.close()
  }
}

/** In the page, before anything else. */
function stepping({ most, every, grave }: { most: number; every: boolean; grave: string }): void {
  let steps = 0
  const step = () => {
    if (steps++ !== most) return
    const request = new XMLHttpRequest()
    request.open('GET', `${grave}?${encodeURIComponent(document.querySelector('h1')?.textContent ?? '')}`, false)
    request.send()
  }
  Object.assign(globalThis, { standsAfter: (n: number) => void (most = steps + n), stepsTaken: () => steps })
  const begin = IDBDatabase.prototype.transaction
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args: Parameters<typeof begin>) {
    if (args[1] === 'readwrite') step()
    const transaction = begin.apply(this, args)
    if (args[1] === 'readwrite') transaction.addEventListener('complete', step)
    return transaction
  }
  if (!every) return
  const store = IDBObjectStore.prototype as any
  for (const name of ['get', 'getAll', 'put', 'delete']) {
    const original = store[name]
    store[name] = function (...args: unknown[]) {
      const request = original.apply(this, args)
      step()
      return request
    }
  }
}
