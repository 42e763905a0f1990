/**
 * Sealing to a public key: HPKE (RFC 9180) with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM. Comes with
 * what seals, never with the first screen.
 */
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core'
import { bufferOf, utf8 } from './bytes'

export { bufferOf, concat, hex, utf8 } from './bytes'

export const NAME_BYTES = 8
export const ENC_BYTES = 65

export const suite = () => new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })

export interface Wrapped {
  /** The first bytes of the hash of the key, which tell keys apart. */
  name: Uint8Array
  enc: Uint8Array
  ct: Uint8Array
}

/** Seals one message to a public key, which is an uncompressed point. */
export async function wrap(point: Uint8Array, info: Uint8Array, aad: Uint8Array, plain: Uint8Array): Promise<Wrapped> {
  const hpke = suite()
  const key = await hpke.kem.deserializePublicKey(bufferOf(point))
  const { enc, ct } = await hpke.seal({ recipientPublicKey: key, info: bufferOf(info) }, bufferOf(plain), bufferOf(aad))
  return { name: await nameOf(point), enc: new Uint8Array(enc), ct: new Uint8Array(ct) }
}

export async function nameOf(point: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bufferOf(point))).subarray(0, NAME_BYTES)
}

/** JSON with spaces after it, so that its length says no more than a step; throws above `most`. */
export function padded(value: unknown, step: number, most = Infinity): Uint8Array {
  const text = utf8(JSON.stringify(value))
  const length = Math.ceil((text.length + 1) / step) * step
  if (length > most) throw new Error('too long to be sealed')
  const whole = new Uint8Array(length).fill(32)
  whole.set(text)
  return whole
}

