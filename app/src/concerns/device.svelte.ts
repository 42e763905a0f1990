/**
 * The letters of this device while the app is open: they are brought whenever they can be, in anybody's turn and in
 * nobody's, and nothing on the screen tells of it.
 */
import { browserEnv, type Env } from '../sync/env'
import { Carrier } from './carrying'
import { Letters, type Letter } from './letters'

const LOOK_MS = 20_000

class Device {
  readonly letters = new Letters()
  /** As they lay on the disk when it was last looked. */
  list = $state.raw<readonly Letter[]>([])
  #env: Env = browserEnv()
  #carrier = new Carrier(this.#env, this.letters)
  #begun = false
  #again: ReturnType<typeof setTimeout> | undefined

  get env(): Env {
    return this.#env
  }

  /** Begins to bring them; once is enough. */
  begin(): void {
    if (this.#begun) return
    this.#begun = true
    this.#env.watch(() => {
      this.#carrier.forgive()
      this.look()
    })
    setInterval(() => this.look(), LOOK_MS)
    this.look()
  }

  /** Brings what can be brought. Nobody need wait for it. */
  look(): void {
    void this.#round().catch(() => undefined) // the disk can't be had just now: it is looked again soon
  }

  /** The server's history of now, as sync has heard of it. */
  heard(epoch: string): void {
    void this.#heard(epoch).catch(() => undefined)
  }

  async #heard(epoch: string): Promise<void> {
    if (!epoch || !(await Letters.exist())) return
    await this.letters.heard(epoch, Date.now())
    this.look()
  }

  /** Reads again what lies on the disk. */
  async refresh(): Promise<void> {
    this.list = await this.letters.all()
  }

  async #round(): Promise<void> {
    // Without a letter there is no database, and none is made for looking.
    if (!(await Letters.exist())) return
    await this.refresh()
    await this.#carrier.round()
    // What failed once needn't wait for the next look.
    clearTimeout(this.#again)
    if (this.#carrier.waitMs > 0) this.#again = setTimeout(() => this.look(), this.#carrier.waitMs)
    await this.refresh()
  }
}

export const device = new Device()
