/**
 * What this person has been told, as the pages of it share it; and what was marked as read just now, so that it can be
 * undone, also after having been to the screen it leads to.
 */
import type { SendError } from '../sync'
import { app } from '../ui/app.svelte'
import { linesOf, type Known } from './lines'

/** As many as one command may name (docs/protocol.md). */
const AT_ONCE = 100

class Inbox {
  known = $derived<Known>({ rows: (collection) => app.live.rows(collection), me: app.live.me?.member ?? '', coordinates: app.live.me?.roles.includes('coordinator') ?? false })
  lines = $derived(linesOf(app.live.rows('notices').values(), this.known))
  fresh = $derived(this.lines.filter(({ read }) => !read).map(({ id }) => id))
  /** What was marked last. */
  marked = $state.raw<readonly string[]>([])
  failure = $state('')

  async read(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    const before = this.marked
    // NB! Before it is sent: else there is a moment at which a line has no button, and the focus is lost with it.
    this.marked = ids
    if (!(await this.#send('notices.read', ids))) this.marked = before
  }

  /** What was marked last is new again. */
  async undo(): Promise<void> {
    if (await this.#send('notices.unread', this.marked)) this.marked = []
  }

  async #send(name: string, ids: readonly string[]): Promise<boolean> {
    this.failure = ''
    try {
      for (let from = 0; from < ids.length; from += AT_ONCE) await app.kith.send(name, { ids: ids.slice(from, from + AT_ONCE) })
      return true
    } catch (error) {
      this.failure = (error as SendError).message
      return false
    }
  }
}

export const inbox = new Inbox()
