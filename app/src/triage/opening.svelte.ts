/**
 * The words of what was opened: in memory, for as long as its screen is looked at, and nowhere else.
 *
 * NB! An answer that comes after the screen was left is thrown away. Each time it is opened anew, that is recorded anew.
 */
import type { JoinError } from '../sync'

/** `moved`: it was put away, and `failure` says why. */
export type Standing = 'shut' | 'asking' | 'open' | 'offline' | 'unassigned' | 'gone' | 'failed' | 'moved'

/** What the server said no with, as the screen stands then. */
const STANDINGS: Record<string, Standing> = { offline: 'offline', not_assigned: 'unassigned', concern_unknown: 'gone', note_unknown: 'gone' }

export class Opening<Answer> {
  standing = $state<Standing>('shut')
  /** Null: nothing is open. */
  answer = $state.raw<Answer | null>(null)
  /** Why it failed, or was put away, in a sentence. */
  failure = $state('')
  #turn = 0

  /** `ask` posts, and reads the answer. */
  constructor(private readonly ask: (body: { id: string; reason?: string }) => Promise<Answer>) {}

  async open(id: string, reason = ''): Promise<void> {
    if (this.standing === 'asking') return
    const turn = ++this.#turn
    this.standing = 'asking'
    this.failure = ''
    try {
      const answer = await this.ask(reason ? { id, reason } : { id })
      if (turn !== this.#turn) return
      this.answer = answer
      this.standing = 'open'
    } catch (error) {
      if (turn !== this.#turn) return
      const { code, message } = error as JoinError
      this.standing = STANDINGS[code] ?? 'failed'
      this.failure = message
    }
  }

  /** What was added on this screen shows with the rest, while it is open. */
  add(change: (answer: Answer) => Answer): void {
    if (this.answer !== null) this.answer = change(this.answer)
  }

  /** Nothing of it is left. `why`: said where there was something. */
  shut(why = ''): void {
    const had = this.standing === 'open' || this.standing === 'asking'
    this.#turn++
    this.answer = null
    this.standing = why && had ? 'moved' : 'shut'
    this.failure = this.standing === 'moved' ? why : ''
  }
}
