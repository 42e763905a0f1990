/**
 * What a person does, on its way into the queue, and what they may still do with it there.
 */
import { ARGS_BYTES, byteLength } from './ask'
import { toEntry } from './entry'
import { newNonce } from './ids'
import { close, isPending, remove, type Confirmed } from './queue'
import type { Replica } from './replica'
import { isFull, type Store } from './store'
import { SendError, type Entry } from './types'

export interface OutboxOptions {
  store: Store
  replica: Replica
  /** Whose command it is; '': nobody has joined here yet. */
  member: () => string
  /** Makes sure that the command can be shown. */
  learn: (name: string) => Promise<void>
  /** Something was saved. */
  saved: () => void
  /** It found no room. */
  full: () => void
}

export class Outbox {
  #list: readonly Entry[] | null = null
  readonly #saving = new Map<string, Promise<Entry>>()

  constructor(private readonly options: OutboxOptions) {}

  /** Everything that isn't settled, or that the person must still be told about, oldest first; the same list until it changes. */
  list(): readonly Entry[] {
    return (this.#list ??= [...this.options.replica.entries.values()].map(toEntry))
  }

  changed(): void {
    this.#list = null
  }

  /** The results of what was done, as they lie in the journal: an outcome that is fine leaves the list without a word. */
  async answers(name: string): Promise<Map<string, any>> {
    const all = await this.options.store.read(['journal'], (txn) => txn.all('journal'))
    const done = all.map(([, record]) => (record as Confirmed).command).filter((command) => command.name === name)
    return new Map(done.map(({ nonce, outcome }) => [nonce, outcome?.result]))
  }

  /**
   * Saves a command, in the place of a settled one if asked; throws `SendError` if that can't be. The very same while it
   * is still being saved, as two taps make it, is one.
   */
  save(name: string, args: object, whom?: string, replaces?: string): Promise<Entry> {
    const what = JSON.stringify([name, args, whom, replaces])
    const same = this.#saving.get(what)
    if (same) return same
    const saved = this.#append(name, args, whom, replaces).finally(() => this.#saving.delete(what))
    this.#saving.set(what, saved)
    return saved
  }

  async #append(name: string, args: object, whom?: string, replaces?: string): Promise<Entry> {
    const { store, replica, member, learn, saved, full } = this.options
    if (!store.durable) throw new SendError('storage_blocked', 'This browser keeps nothing for this site, so it can’t be saved here.')
    if (byteLength(args) > ARGS_BYTES) throw new SendError('too_large', 'This is too long to send. Shorten it, and try again.')
    await learn(name)
    try {
      const entry = await replica.append({ nonce: newNonce(), name, args, member: member(), ...(whom ? { for: whom } : {}) }, replaces)
      saved()
      return toEntry(entry)
    } catch (error) {
      if (!isFull(error)) throw new SendError('storage_failed', 'This phone couldn’t save it. Try again.')
      full()
      throw new SendError('storage_full', 'This phone has no room left, so it isn’t saved. Make some room, and try again.')
    }
  }

  /** Saves a settled command again, mended, in the place of the old one. */
  async again(nonce: string, args: object): Promise<Entry> {
    const entry = this.options.replica.entries.get(nonce)
    if (!entry?.settled) throw new SendError('not_found', 'This isn’t waiting to be mended any more.')
    return this.save(entry.name, args, entry.for, nonce)
  }

  /** Takes a settled command off the list. */
  async dismiss(nonce: string): Promise<void> {
    await this.options.replica.changeQueue((queue) => {
      if (!queue.entries.get(nonce)?.settled) return false
      remove(queue, nonce)
      return true
    })
  }

  /** Takes back what never left this phone. False: it may have left. */
  withdraw(nonce: string): Promise<boolean> {
    return this.options.replica.changeQueue((queue) => {
      const entry = queue.entries.get(nonce)
      if (!entry || entry.sent || !isPending(entry)) return false
      close(queue, nonce, null)
      return true
    })
  }
}
