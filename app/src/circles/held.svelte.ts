/** What this phone holds of circles, and how what is done there is sent; followed as it changes. */
import type { Entry, SendError } from '../sync'
import { app } from '../ui/app.svelte'
import type { Held } from './rota'

/** Of the person who uses this phone now, or of whom they act for. */
export const held = (): Held => ({
  rows: (collection) => app.live.rows(collection),
  holders: (collection, id) => app.live.audiences(collection, id),
  who: app.acting || (app.live.me?.member ?? ''),
})

/** One thing that a screen of a circle lets somebody do, for themselves or for whom they act for. */
export class Act {
  failure = $state('')

  /** Saves the command; null when it could not be, and `failure` says why. `said`: told to screen readers. */
  async send(name: string, args: object, said = ''): Promise<Entry | null> {
    this.failure = ''
    try {
      const entry = await app.sendFor(name, args)
      if (said) app.say(said)
      return entry
    } catch (error) {
      this.failure = (error as SendError).message
      return null
    }
  }
}
