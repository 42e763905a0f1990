/**
 * Questions outside of sync: ways in, and what is asked once and not kept.
 */
import type { Env } from './env'
import type { Prover } from '../device/prover'
import { RefusedSession } from './loop'
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

/** The token of a device, and how it gets a new one. */
interface Bearer {
  token(): string
  freshen(refused: boolean): Promise<void>
}

/** Posts JSON with the device's token and a proof, and reads the answer. Throws `JoinError`. */
export async function askAsDevice(env: Env, path: string, body: object, bearer: Bearer, prover: Prover): Promise<any> {
  try {
    await bearer.freshen(false)
    let reply = await post(env, path, body, bearer.token(), prover, true)
    if (!reply.ok && reply.refusal.code === 'token_missing') {
      await bearer.freshen(true)
      reply = await post(env, path, body, bearer.token(), prover, true)
    }
    if (!reply.ok) throw new Refused(reply.refusal)
    return JSON.parse(reply.text)
  } catch (error) {
    if (error instanceof RefusedSession) throw new JoinError(error.refusal.code, error.refusal.message)
    throw asJoinError(error)
  }
}
