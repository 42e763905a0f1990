/**
 * The device's key: ECDSA P-256, made on this phone, which can use it and not give it away.
 */
import { base64url, newNonce } from '../sync/ids'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' }

/** Makes a key pair whose private half can't be read, also not by this app. */
export async function newKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify'])
}

/** What a proof is for: the request that carries it, and the server's time in milliseconds. */
export interface ProofOf {
  method: string
  /** Scheme, host and path of the request. */
  address: string
  now: number
}

/** Signs that this phone makes this request now (docs/protocol.md section 3, after RFC 9449). */
export async function signProof(keys: CryptoKeyPair, { method, address, now }: ProofOf): Promise<string> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', keys.publicKey)
  const head = { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } }
  const claims = { htm: method, htu: address, iat: Math.floor(now / 1000), jti: newNonce() }
  const signed = `${encode(head)}.${encode(claims)}`
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, keys.privateKey, new TextEncoder().encode(signed))
  return `${signed}.${base64url(new Uint8Array(signature))}`
}

function encode(value: object): string {
  return base64url(new TextEncoder().encode(JSON.stringify(value)))
}
