/**
 * Brings to the server what others have sealed on this device. Whoever has the turn, or nobody: what counts is inside.
 */
import type { Env } from '../sync/env'
import { post } from '../sync/transport'
import type { Slots } from './slots'

/** Parts in one request, so that it stays below the server's 1 MiB. */
const PARTS = 2
/** Refusals that no later try can change. */
const NEVER = ['sealed_invalid', 'body_invalid', 'device_unknown', 'device_wiped', 'token_missing', 'stream_foreign', 'cursor_invalid']

/** Answers how many people's things were taken in. */
export async function bring(env: Env, slots: Slots): Promise<number> {
  let taken = 0
  for (const waiting of await slots.waiting()) {
    const verdict = await bringOne(env, waiting.parts)
    if (verdict === 'later') continue
    if (verdict === 'taken') taken += 1
    await slots.brought(waiting)
  }
  return taken
}

async function bringOne(env: Env, parts: readonly string[]): Promise<'taken' | 'never' | 'later'> {
  for (let i = 0; i < parts.length; i += PARTS) {
    const reply = await post(env, '/api/sync/sealed', { sealed: parts.slice(i, i + PARTS) }).catch(() => null)
    if (!reply) return 'later'
    if (!reply.ok) return NEVER.includes(reply.refusal.code) ? 'never' : 'later'
    const { stops } = JSON.parse(reply.text) as { stops: { reason: string }[] }
    if (stops.some((stop) => stop.reason === 'retry')) return 'later'
  }
  return 'taken'
}
