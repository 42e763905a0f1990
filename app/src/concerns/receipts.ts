/**
 * Asking how it goes, without saying who asks: no token, and eight secrets in each request, of which one is real. Two
 * real ones together would say that one person has written both.
 */
import type { LocalFacts } from '../sync'
import type { Env } from '../sync/env'
import { newNonce } from '../sync/ids'
import { post } from '../sync/transport'
import { keptOf, update, type State } from './kept'

const PATH = '/api/concerns/receipts'
const EACH = 8
const STATES: readonly State[] = ['received', 'onIt', 'closed']

/** Asks for all that their writer wants to hear of. With no signal everything stays as it is. */
export async function askReceipts(env: Env, local: LocalFacts): Promise<void> {
  const open = keptOf(local, env.now()).filter(({ tell, back, state }) => tell && !back && state !== 'closed')
  for (const { secret } of open) {
    const state = await ask(env, secret)
    if (!state) return
    // It never goes back: a server that was restored has forgotten more than the Listener has.
    await update(local, env.now(), (one) => (one.secret === secret && STATES.indexOf(state) > STATES.indexOf(one.state) ? { state } : null))
  }
}

async function ask(env: Env, secret: string): Promise<State | null> {
  const receipts = Array.from({ length: EACH }, newNonce)
  const place = crypto.getRandomValues(new Uint8Array(1))[0]! % EACH
  receipts[place] = secret
  const reply = await post(env, PATH, { receipts }).catch(() => null)
  if (!reply?.ok) return null
  try {
    const state = (JSON.parse(reply.text) as { states: State[] }).states[place]
    return STATES.find((known) => known === state) ?? null
  } catch {
    return null
  }
}
