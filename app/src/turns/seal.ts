/**
 * Sealing to the server's transport key: HPKE (RFC 9180) with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM.
 * Whoever carries the result reads nothing of it; docs/protocol.md, section 4.3, says what it looks like.
 */
import { base64url, fromBase64url } from '../sync/ids'
import { bufferOf, concat, ENC_BYTES, NAME_BYTES, padded, suite, utf8, wrap } from '../sync/hpke'

const VERSION = 1
const INFO = utf8('kith sealed outbox 1')
const NOTHING = new Uint8Array()
/** The length of what is sealed says no more than in steps of so many bytes. */
const STEP = 1024

/** Seals a value of JSON to the key that the server told (`sealTo`); spaces after it hide its length. */
export async function seal(to: string, value: unknown): Promise<string> {
  return sealBytes(to, padded(value, STEP))
}

/** Seals bytes as they are. */
export async function sealBytes(to: string, plain: Uint8Array): Promise<string> {
  const { name, enc, ct } = await wrap(fromBase64url(to), INFO, NOTHING, plain)
  return base64url(concat(Uint8Array.of(VERSION), name, enc, ct))
}

/** Opens with a private key, as the server does; for tests. */
export async function openBytes(key: CryptoKey, blob: string, info = INFO): Promise<Uint8Array> {
  const bytes = fromBase64url(blob).slice(1 + NAME_BYTES)
  const enc = bufferOf(bytes.slice(0, ENC_BYTES))
  return new Uint8Array(await suite().open({ recipientKey: key, enc, info: bufferOf(info) }, bufferOf(bytes.slice(ENC_BYTES))))
}
