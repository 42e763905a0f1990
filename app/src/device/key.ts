/**
 * The device's key: ECDSA P-256, made on this phone, which can use it and not give it away.
 */
import { base64url, newNonce } from '../sync/ids'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' }

/** A key pair as it lies on disk: the browser's own handle, or on a shared device its bytes, sealed there. */
export type KeptKeys = CryptoKeyPair | { jwk: JsonWebKey }

export interface NewKeys {
  keys: CryptoKeyPair
  kept: KeptKeys
}

/** Makes a key pair whose private half can't be read, also not by this app; `asBytes`: except where it is kept. */
export async function newKeys(asBytes = false): Promise<NewKeys> {
  const keys = (await crypto.subtle.generateKey(ALGORITHM, asBytes, ['sign', 'verify'])) as CryptoKeyPair
  if (!asBytes) return { keys, kept: keys }
  const kept = { jwk: await crypto.subtle.exportKey('jwk', keys.privateKey) }
  return { keys: await handlesOf(kept), kept }
}

/** The handles to use a kept key with: they sign, and don't give it away. */
export async function handlesOf(kept: KeptKeys): Promise<CryptoKeyPair> {
  if (!('jwk' in kept)) return kept
  const { kty, crv, x, y, d } = kept.jwk
  const half = (jwk: JsonWebKey, extractable: boolean, use: KeyUsage) => crypto.subtle.importKey('jwk', jwk, ALGORITHM, extractable, [use])
  const [privateKey, publicKey] = await Promise.all([half({ kty, crv, x, y, d }, false, 'sign'), half({ kty, crv, x, y }, true, 'verify')])
  return { privateKey, publicKey }
}

/** What a proof is for: the request that carries it, and the server's time in milliseconds. */
export interface ProofOf {
  method: string
  /** Scheme, host and path of the request. */
  address: string
  now: number
  /** Names the token that goes with it: base64url of its SHA-256. */
  access?: string
}

/** Signs that this phone makes this request now (docs/protocol.md section 3, after RFC 9449). */
export async function signProof(keys: CryptoKeyPair, { method, address, now, access }: ProofOf): Promise<string> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', keys.publicKey)
  const head = { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } }
  const claims = { htm: method, htu: address, iat: Math.floor(now / 1000), jti: newNonce(), ...(access ? { ath: access } : {}) }
  const signed = `${encode(head)}.${encode(claims)}`
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, keys.privateKey, new TextEncoder().encode(signed))
  return `${signed}.${base64url(new Uint8Array(signature))}`
}

function encode(value: object): string {
  return base64url(new TextEncoder().encode(JSON.stringify(value)))
}
