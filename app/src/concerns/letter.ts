/**
 * What travels: the few facts, the envelope, and that it is this device's, sealed to the server's transport key. Whoever
 * carries it reads nothing, and neither does the disk that it waits on.
 */
import type { Letterhead } from '../sync/left'
import { base64url, fromBase64url, newId, newNonce } from '../sync/ids'
import { sealEnvelope, type Facts, type Keys } from './envelope'
import { bufferOf, concat, hex, padded, utf8, wrap } from '../sync/hpke'
import { hourOf, plainOf, type By, type Draft } from './plain'

const VERSION = 1
const INFO = utf8('kith letter 1')
/** All letters but the very longest are of one length: a worry, and taking one back. */
const STEP = 8 * 1024
const NOTHING = new Uint8Array()

/** What its writer needs to take it back, or to hear of it. */
export interface Stub {
  id: string
  secret: string
}

export interface Written extends Stub {
  blob: string
}

/** Writes a concern. `now` in milliseconds of the server's clock. */
export async function writeConcern(head: Letterhead, keys: Keys, draft: Draft, by: By, area: string, now: number): Promise<Written> {
  const facts: Facts = { kind: 'concern', id: newId(), urgency: draft.urgent ? 'urgent' : 'normal', area, hour: hourOf(now) }
  const secret = newNonce()
  const sealed = await sealEnvelope(keys, facts, plainOf(draft, by, new Date(now).toISOString()))
  const { id, urgency, hour } = facts
  const letter = { kind: 'concern', id, urgency, area, hour, receipt: await receiptOf(secret), sealed }
  return { id, secret, blob: await sealLetter(head, letter) }
}

/** Writes that a concern is taken back. */
export function writeWithdrawal(head: Letterhead, { id, secret }: Stub): Promise<string> {
  return sealLetter(head, { kind: 'withdraw', id, receipt: secret })
}

/** What the server keeps of the secret. */
export async function receiptOf(secret: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bufferOf(utf8(secret)))))
}

async function sealLetter({ token, proof, sealTo }: Letterhead, letter: object): Promise<string> {
  const { name, enc, ct } = await wrap(fromBase64url(sealTo), INFO, NOTHING, padded({ token, proof, letter }, STEP))
  return base64url(concat(Uint8Array.of(VERSION), name, enc, ct))
}
