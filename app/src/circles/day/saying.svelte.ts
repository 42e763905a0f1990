/** What a helper says of their turn, and takes back: out of the queue while it is still there, else by saying what was before. */
import { app } from '../../ui/app.svelte'
import { Deed } from '../../ui/deed.svelte'
import { day } from '../../words/circleday'
import type { Held } from '../rota'
import type { Step, Turn } from './day'

/** What this phone holds, for the person who uses it: nobody goes in somebody else's place. */
export const held = (): Held => ({
  rows: (collection) => app.live.rows(collection),
  holders: (collection, id) => app.live.audiences(collection, id),
  who: app.live.me?.member ?? '',
})

/** The server's clock, as far as this phone knows it. */
export const serverNow = (): number => app.now + app.kith.offset

export class Saying {
  readonly deed = new Deed()
  /** What was said last on this page, and what stood there before. */
  #last: { nonce: string; before: Step | '' } | null = null

  async say(turn: Turn, step: Step): Promise<boolean> {
    const before = turn.step
    const entry = await this.deed.send('turns.step', { slot: turn.slot, occurrence: turn.occurrence, step }, day.steps.done[step])
    if (entry) this.#last = { nonce: entry.nonce, before }
    return entry !== null
  }

  async undo(turn: Turn): Promise<void> {
    const last = this.#last
    this.#last = null
    const inQueue = last && (await app.kith.withdraw(last.nonce))
    if (!inQueue) await this.deed.send('turns.step', { slot: turn.slot, occurrence: turn.occurrence, step: last?.before ?? '' })
    app.say(day.steps.undone)
  }
}

/** Whether something that was said of it is still on this phone alone. */
export const waits = (turn: Turn): boolean =>
  app.live.outbox().some(({ name, args, state }) => name === 'turns.step' && args.slot === turn.slot && args.occurrence === turn.occurrence && (state === 'waiting' || state === 'sending'))
