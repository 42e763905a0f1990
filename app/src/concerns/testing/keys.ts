/**
 * A server's keys as tests need them: to seal to, to open with, and to sign with.
 */
import { base64url } from '../../sync/ids'
import { bufferOf, hex, nameOf, utf8 } from '../../sync/hpke'

export interface Pair {
  point: Uint8Array
  key: CryptoKey
}

export async function newPair(): Promise<Pair> {
  const { privateKey, publicKey } = (await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits'])) as CryptoKeyPair
  return { point: new Uint8Array(await crypto.subtle.exportKey('raw', publicKey)), key: privateKey }
}

export async function newSigner(): Promise<CryptoKeyPair> {
  return (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])) as CryptoKeyPair
}

const encode = (value: object) => base64url(utf8(JSON.stringify(value)))

/** A bundle as the server makes it; `claims` and `head` change what it says. */
export async function signBundle(signer: CryptoKeyPair, keys: { intake: Uint8Array; recovery: Uint8Array }, { claims = {}, head = {} }: { claims?: object; head?: object } = {}): Promise<string> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', signer.publicKey)
  const named = async (point: Uint8Array) => ({ name: hex(await nameOf(point)), key: base64url(point) })
  const said = { iss: 'town', iat: 1_780_000_000, seq: 1, intake: await named(keys.intake), recovery: await named(keys.recovery), ...claims }
  const signed = `${encode({ typ: 'keys+jwt', alg: 'ES256', jwk: { kty, crv, x, y }, ...head })}.${encode(said)}`
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, signer.privateKey, bufferOf(utf8(signed)))
  return `${signed}.${base64url(new Uint8Array(signature))}`
}
