/** A phone that runs out of room. */
import type { CDPSession, Page } from '@playwright/test'

/** Bytes that Chromium lets the app have at first, more than a town needs; and as many again each time that room is made. */
const LITTLE = 4_000_000

export class Room {
  #most = LITTLE

  private constructor(
    private readonly page: Page,
    private readonly session: CDPSession,
    private readonly origin: string,
  ) {}

  /**
   * Before the page is opened. NB! IndexedDB asks for the room there is once, and then lives on that for half a minute:
   * a phone whose room is taken away later goes on writing.
   */
  static async little(page: Page, origin: string): Promise<Room> {
    const room = new Room(page, await page.context().newCDPSession(page), origin)
    await room.#allow(room.#most)
    return room
  }

  /** Fills all that is left, so that nothing goes in any more; then there is less than none. */
  async fill(): Promise<void> {
    await this.page.evaluate(pour)
    await this.#allow(1)
  }

  /** There is room again. */
  async make(): Promise<void> {
    this.#most += LITTLE
    await this.#allow(this.#most)
  }

  async #allow(quotaSize: number): Promise<void> {
    await this.session.send('Storage.overrideQuotaForOrigin', { origin: this.origin, quotaSize })
  }
}

/** In the page: writes beside what the app keeps, in ever smaller pieces, each until it is refused. */
async function pour(): Promise<void> {
  const db = await new Promise<IDBDatabase>((done, failed) => {
    const opening = indexedDB.open('ballast')
    opening.onupgradeneeded = () => opening.result.createObjectStore('pieces', { autoIncrement: true })
    opening.onerror = () => failed(opening.error)
    opening.onsuccess = () => done(opening.result)
  })
  const refused = (bytes: number) =>
    new Promise<string | undefined>((done) => {
      const writing = db.transaction('pieces', 'readwrite')
      writing.oncomplete = () => done(undefined)
      writing.onabort = () => done(writing.error?.name)
      writing.objectStore('pieces').add(crypto.getRandomValues(new Uint8Array(bytes)))
    })
  for (let bytes = 65_536; bytes > 16; bytes /= 4) {
    let why: string | undefined
    while (!(why = await refused(bytes)));
    if (why !== 'QuotaExceededError') throw new Error(`a piece of ${bytes} was refused for ${why}`)
  }
  db.close()
}
