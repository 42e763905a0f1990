/**
 * What this device does about an error answer (docs/protocol.md section 2).
 */
import type { Ask } from './ask'
import { newNonce } from './ids'
import { isPending, rebirth, setAside } from './queue'
import type { Replica } from './replica'

/** An answer outside of 2xx. */
export interface Refusal {
  status: number
  code: string
  message: string
  /** 0: not said. */
  retryAfterMs: number
  /** The server's time, beside `proof_clock`. */
  now?: string
}

/**
 * again: ask again at once. wait: after `waitMs`, or by back-off when that is 0. session: a new token is
 * needed first. fewer: ask again with fewer commands. stop: nothing helps until somebody acts. wipe: everything of
 * this person is to go.
 */
export interface Reaction {
  kind: 'again' | 'wait' | 'session' | 'fewer' | 'stop' | 'wipe'
  waitMs: number
  fault: string | null
}

const AGAIN: Reaction = { kind: 'again', waitMs: 0, fault: null }

/** Reads the body of an error answer; one that isn't ours (a proxy's page) is an error without a code. */
export function readRefusal(status: number, text: string, retryAfter: string | null): Refusal {
  let body: Record<string, unknown> = {}
  try {
    const parsed: unknown = JSON.parse(text)
    if (parsed && typeof parsed === 'object') body = parsed as Record<string, unknown>
  } catch {
    // Not ours: the status says enough.
  }
  const said = Number(body.retryAfterMs) || Number(retryAfter) * 1000 || 0
  const refusal: Refusal = {
    status, code: String(body.code ?? ''), message: String(body.message ?? ''), retryAfterMs: Math.max(0, said),
  }
  return typeof body.now === 'string' ? { ...refusal, now: body.now } : refusal
}

/** What a server does that wants nothing to do with this device any more; null: that isn't it. */
export async function shutOut(replica: Replica, code: string): Promise<Reaction | null> {
  if (code === 'device_wiped') return { kind: 'wipe', waitMs: 0, fault: null }
  if (code !== 'device_unknown') return null
  await replica.forgetPrivate()
  return { kind: 'stop', waitMs: 0, fault: 'device_unknown' }
}

/** Changes what must be changed on this device, and says what to do next. */
export async function react(replica: Replica, ask: Ask, refusal: Refusal): Promise<Reaction> {
  const out = await shutOut(replica, refusal.code)
  if (out) return out
  switch (refusal.code) {
    case 'token_missing':
      return { kind: 'session', waitMs: 0, fault: null }
    case 'stream_foreign':
      await replica.changeQueue((queue) => (rebirth(queue, newNonce(), null), true))
      return AGAIN
    case 'cursor_invalid':
      await replica.startOver()
      return AGAIN
    case 'device_pending':
    case 'member_suspended':
    case 'protocol_unsupported':
      return { kind: 'wait', waitMs: 0, fault: refusal.code }
    case 'body_invalid':
    case 'body_too_large':
      return refuseBody(replica, ask, refusal)
  }
  if (ask.kind === 'public' && refusal.status >= 400 && refusal.status < 500 && refusal.status !== 429 && ask.cursor !== '') {
    // The chunk's address means nothing to this server any more.
    await replica.startOver()
    return AGAIN
  }
  return { kind: 'wait', waitMs: refusal.retryAfterMs, fault: null }
}

/**
 * The whole request was refused, and with it commands that may be sound: the fault is looked for with fewer
 * of them, and the one that stays refused alone is set aside, so that it holds up nobody else.
 */
async function refuseBody(replica: Replica, ask: Ask, refusal: Refusal): Promise<Reaction> {
  const commands = ask.body?.commands ?? []
  if (commands.length === 0) return { kind: 'wait', waitMs: 0, fault: refusal.code }
  if (commands.length > 1) return { kind: 'fewer', waitMs: 0, fault: null }
  await replica.changeQueue((queue) => {
    const entry = queue.entries.get(commands[0]!.nonce)
    if (!entry || !isPending(entry)) return false
    setAside(queue, entry, refusal.code, refusal.message)
    return true
  })
  return AGAIN
}
