/** One thing that a screen lets a person do, with what went wrong in words where it could not even be saved. */
import type { Entry, SendError } from '../sync'
import { app } from './app.svelte'

export class Deed {
  failure = $state('')

  /** Saves the command; null when it could not be, and `failure` says why. `said`: told to screen readers. */
  async send(name: string, args: object, said = ''): Promise<Entry | null> {
    this.failure = ''
    try {
      const entry = await app.kith.send(name, args)
      if (said) app.say(said)
      return entry
    } catch (error) {
      this.failure = (error as SendError).message
      return null
    }
  }
}
