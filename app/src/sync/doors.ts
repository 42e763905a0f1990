/**
 * Questions outside of sync: ways in, and what is asked once and not kept.
 */
import type { Env } from './env'
import { Offline, post, Refused } from './transport'
import { JoinError } from './types'

/** What a screen is told when the server refused or wasn't reached; anything else stays what it is. */
export function asJoinError(error: unknown): unknown {
  if (error instanceof Refused) return new JoinError(error.refusal.code, error.refusal.message)
  if (error instanceof Offline) return new JoinError('offline', 'There’s no signal. This needs it once.')
  return error
}

/** Posts JSON that needs no account, and reads the answer. Throws `JoinError`. */
export async function askAnybody(env: Env, path: string, body: object): Promise<any> {
  try {
    const reply = await post(env, path, body)
    if (!reply.ok) throw new Refused(reply.refusal)
    return JSON.parse(reply.text)
  } catch (error) {
    throw asJoinError(error)
  }
}
