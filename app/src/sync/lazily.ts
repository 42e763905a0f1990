/**
 * Parts of the engine that a visitor never needs: they come in files of their own, after the first screen.
 */
import { Offline } from './transport'
import { JoinError } from './types'

/** Joining and sessions. */
export async function ways(): Promise<typeof import('../device/session')> {
  try {
    return await import('../device/session')
  } catch (error) {
    throw new Offline(error)
  }
}

/** What is asked outside of sync. */
export async function doors(): Promise<typeof import('./doors')> {
  try {
    return await import('./doors')
  } catch {
    throw new JoinError('offline', 'There’s no signal. This needs it once.')
  }
}
