/**
 * The part that is stored: sealed to the community's intake key and to its recovery key, and bound to the few facts
 * that stand beside it in the clear. docs/protocol.md says byte by byte what it looks like.
 */
import { base64url, fromBase64url } from '../sync/ids'
import { bufferOf, concat, ENC_BYTES, hex, NAME_BYTES, padded, suite, utf8, wrap } from '../sync/hpke'

const VERSION = 1
const INFO = utf8('kith concern 1')
const STEP = 1024
const MOST = 8 * 1024
const NONCE_BYTES = 12
const KEY_BYTES = 32
const WRAP_BYTES = NAME_BYTES + ENC_BYTES + KEY_BYTES + 16

/** What stands in the clear, and can't be changed without breaking the seal. */
export interface Facts {
  kind: 'concern' | 'note' | 'surgery'
  id: string
  urgency: 'normal' | 'urgent' | ''
  area: string
  /** In which it was written: `2026-11-25T15`, UTC. */
  hour: string
}

/** Public keys to seal to, uncompressed points. */
export interface Keys {
  intake: Uint8Array
  recovery: Uint8Array
}

function bound({ kind, id, urgency, area, hour }: Facts, intake: Uint8Array): Uint8Array {
  return utf8(['kith concern 1', kind, id, urgency, area, hour, hex(intake)].join('\n'))
}

/** Seals a value of JSON. Either private key opens it; nothing else does. */
export async function sealEnvelope(keys: Keys, facts: Facts, value: unknown): Promise<string> {
  const plain = padded(value, STEP, MOST)
  const aad = bound(facts, new Uint8Array(await crypto.subtle.digest('SHA-256', bufferOf(keys.intake))).subarray(0, NAME_BYTES))
  const key = crypto.getRandomValues(new Uint8Array(KEY_BYTES))
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
  const wraps = await Promise.all([keys.intake, keys.recovery].map((point) => wrap(point, INFO, aad, key)))
  const cipher = await crypto.subtle.importKey('raw', bufferOf(key), 'AES-GCM', false, ['encrypt'])
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv: bufferOf(nonce), additionalData: bufferOf(aad) }, cipher, bufferOf(plain)))
  return base64url(concat(Uint8Array.of(VERSION), ...wraps.flatMap(({ name, enc, ct }) => [name, enc, ct]), nonce, sealed))
}

/** Opens with one of the private keys, as the server does; for tests. */
export async function openEnvelope(key: CryptoKey, facts: Facts, envelope: string, which: 'intake' | 'recovery' = 'intake'): Promise<unknown> {
  const bytes = fromBase64url(envelope)
  const intake = bytes.slice(1, 1 + NAME_BYTES)
  const at = which === 'intake' ? 1 : 1 + WRAP_BYTES
  const [enc, ct] = [bytes.slice(at + NAME_BYTES, at + NAME_BYTES + ENC_BYTES), bytes.slice(at + NAME_BYTES + ENC_BYTES, at + WRAP_BYTES)]
  const aad = bufferOf(bound(facts, intake))
  const data = await suite().open({ recipientKey: key, enc: bufferOf(enc), info: bufferOf(INFO) }, bufferOf(ct), aad)
  const rest = bytes.slice(1 + 2 * WRAP_BYTES)
  const cipher = await crypto.subtle.importKey('raw', data, 'AES-GCM', false, ['decrypt'])
  const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: bufferOf(rest.slice(0, NONCE_BYTES)), additionalData: aad }, cipher, bufferOf(rest.slice(NONCE_BYTES)))
  return JSON.parse(new TextDecoder().decode(plain))
}
