/**
 * The community's keys as a phone learns them at sync: signed, so that whoever could change a row of the database
 * can't make phones seal to a key of their own.
 *
 * A phone remembers the first signing key that it saw, and the highest number. Another key, or a lower number, is
 * refused: then nothing is sealed, and the form says whom to ring instead.
 */
import { base64url, fromBase64url } from '../sync/ids'
import type { Keys } from './envelope'
import { bufferOf, hex, nameOf } from '../sync/hpke'

const MOST = 4096
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' }

/** What this device has learned about a community's signing key. */
export interface Trust {
  community: string
  /** The coordinates of the signing key, base64url. */
  signer: string
  seq: number
}

export interface Bundle extends Keys {
  trust: Trust
}

export type Refused = 'none' | 'invalid' | 'other_signer' | 'older'

/** Reads and checks a bundle. `before`: what was remembered; null when this is the first. */
export async function readBundle(text: string, community: string, before: Trust | null): Promise<Bundle | Refused> {
  if (text === '') return 'none'
  const read = await verified(text, community).catch(() => null)
  if (!read) return 'invalid'
  if (before && before.signer !== read.trust.signer) return 'other_signer'
  return before && read.trust.seq < before.seq ? 'older' : read
}

async function verified(text: string, community: string): Promise<Bundle | null> {
  if (text.length > MOST || !/^[\w-]+\.[\w-]+\.[\w-]{86}$/.test(text)) return null
  const [head, claims, signature] = text.split('.') as [string, string, string]
  const { typ, alg, jwk, crit } = json(head)
  if (typ !== 'keys+jwt' || alg !== 'ES256' || crit !== undefined || jwk?.kty !== 'EC' || jwk.crv !== 'P-256') return null
  const { x, y } = jwk as { x: string; y: string }
  const key = await crypto.subtle.importKey('jwk', { kty: 'EC', crv: 'P-256', x, y }, CURVE, false, ['verify'])
  const signed = new TextEncoder().encode(`${head}.${claims}`)
  const right = await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, bufferOf(fromBase64url(signature)), signed)
  const { iss, seq, intake, recovery } = json(claims)
  if (!right || iss !== community || !Number.isSafeInteger(seq)) return null
  return { intake: await pointOf(intake), recovery: await pointOf(recovery), trust: { community, signer: `${x}.${y}`, seq } }
}

function json(part: string): any {
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(fromBase64url(part)))
}

/** A named public key; throws where the name isn't that of the key. */
async function pointOf({ name, key }: { name: string; key: string }): Promise<Uint8Array> {
  const point = fromBase64url(key)
  if (point.length !== 65 || base64url(point) !== key || hex(await nameOf(point)) !== name) throw new Error('a key under another name')
  return point
}
