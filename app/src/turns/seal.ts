/**
 * Sealing to the server's transport key: HPKE (RFC 9180) with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM.
 * Whoever carries the result reads nothing of it; docs/protocol.md, section 4.3, says what it looks like.
 */
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core'
import { base64url, fromBase64url } from '../sync/ids'

const VERSION = 1
const NAME_BYTES = 8
const INFO = new TextEncoder().encode('kith sealed outbox 1')
/** The length of what is sealed says no more than in steps of so many bytes. */
const STEP = 1024

const suite = () => new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })

/** Seals a value of JSON to the key that the server told (`sealTo`); spaces after it hide its length. */
export async function seal(to: string, value: unknown): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify(value))
  const padded = new Uint8Array(Math.ceil((text.length + 1) / STEP) * STEP).fill(32)
  padded.set(text)
  return sealBytes(to, padded)
}

/** Seals bytes as they are. */
export async function sealBytes(to: string, plain: Uint8Array): Promise<string> {
  const bytes = fromBase64url(to)
  const hpke = suite()
  const key = await hpke.kem.deserializePublicKey(bytes.slice().buffer)
  const { enc, ct } = await hpke.seal({ recipientPublicKey: key, info: INFO }, plain.slice().buffer)
  const name = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes.slice().buffer)).subarray(0, NAME_BYTES)
  return base64url(concat(Uint8Array.of(VERSION), name, new Uint8Array(enc), new Uint8Array(ct)))
}

/** Opens with a private key, as the server does; for tests. */
export async function openBytes(key: CryptoKey, blob: string): Promise<Uint8Array> {
  const bytes = fromBase64url(blob).slice(1 + NAME_BYTES)
  const enc = bytes.slice(0, 65).buffer
  return new Uint8Array(await suite().open({ recipientKey: key, enc, info: INFO }, bytes.slice(65).buffer))
}

function concat(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
