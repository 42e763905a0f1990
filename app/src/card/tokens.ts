/**
 * The texts that are signed, rebuilt from what was packed: members in this order, no spaces, so that the server's are
 * the same to the letter (internal/card). What is named, is named by the hash of what was signed: of a signature there
 * is always a second form that is right, too.
 */
import { bufferOf, concat, hex, utf8 } from '../sync/bytes'
import { base64url, fromBase64url } from '../sync/ids'
import { proofHead, unpack, type Card, type Point, type Proof, type Unpacked, type Voucher } from './bytes'

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' }
const ECDSA = { name: 'ECDSA', hash: 'SHA-256' }

const encode = (text: string): string => base64url(utf8(text))

function signing(typ: string, kid: number | null, claims: string): string {
  const named = kid === null ? '' : `"kid":"${kid}",`
  return `${encode(`{"alg":"ES256",${named}"typ":"${typ}"}`)}.${encode(claims)}`
}

const confirmation = ({ x, y }: Point): string => `,"cnf":{"jwk":{"kty":"EC","crv":"P-256","x":"${x}","y":"${y}"}}`

/** The name of anything that is signed: its SHA-256. */
export async function nameOf(text: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', bufferOf(utf8(text)))))
}

/** What the community has signed of a card. */
function cardText(issuer: string, { kid, sub, issued, expires, key }: Card): string {
  return signing('card+jwt', kid, `{"iss":"${issuer}","aud":"card","sub":"${sub}","iat":${issued},"exp":${expires}${key ? confirmation(key) : ''}}`)
}

/** What the phone has signed; `jws`: the card's, whole. */
async function proofText(jws: string, { at, nonce }: Pick<Proof, 'at' | 'nonce'>): Promise<string> {
  return signing('kb+jwt', null, `{"aud":"till","iat":${at},"nonce":"${nonce}","sd_hash":"${await nameOf(jws)}"}`)
}

function voucherText(issuer: string, { kid, sub, id, reward, pence, offline, issued, expires }: Voucher): string {
  const claims = `"jti":"${id}","reward":"${reward}","pence":${pence},"offline":"${offline ? 'yes' : 'no'}","iat":${issued},"exp":${expires}`
  return signing('voucher+jwt', kid, `{"iss":"${issuer}","aud":"till","sub":"${sub}",${claims}}`)
}

const jwsOf = (signed: string, signature: Uint8Array): string => `${signed}.${base64url(signature)}`

export interface Rebuilt {
  card: string
  proof: string | null
  voucher: string | null
}

/** What was signed of each part. */
export async function rebuild(issuer: string, { card, proof, voucher }: Unpacked): Promise<Rebuilt> {
  const signed = cardText(issuer, card)
  return { card: signed, proof: proof && (await proofText(jwsOf(signed, card.signature), proof)), voucher: voucher && voucherText(issuer, voucher) }
}

/** Null where it is no point of the curve. */
export async function keyOf({ x, y }: Point): Promise<CryptoKey | null> {
  try {
    return await crypto.subtle.importKey('jwk', { kty: 'EC', crv: 'P-256', x, y }, CURVE, false, ['verify'])
  } catch {
    return null
  }
}

export async function isSigned(key: CryptoKey | null, text: string, signature: Uint8Array): Promise<boolean> {
  return key !== null && signature.length === 64 && (await crypto.subtle.verify(ECDSA, key, bufferOf(signature), bufferOf(utf8(text))))
}

async function signatureOf(key: CryptoKey, text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign(ECDSA, key, bufferOf(utf8(text))))
}

/** A proof that this phone is here now, to be shown behind its packed card; `seconds`: the server's time. */
export async function signProof(key: CryptoKey, issuer: string, card: Uint8Array, seconds: number): Promise<Uint8Array> {
  const unpacked = unpack(card)
  if (typeof unpacked === 'string') throw new Error(unpacked)
  const nonce = crypto.getRandomValues(new Uint8Array(4))
  const text = await proofText(jwsOf(cardText(issuer, unpacked.card), unpacked.card.signature), { at: seconds, nonce: hex(nonce) })
  return concat(proofHead(seconds, nonce), await signatureOf(key, text))
}

/** What a till's record says; what is absent is left out of it. */
export interface Claims {
  till: string
  shop: string
  /** 16 hexadecimal digits. */
  jti: string
  /** Seconds of the server's clock, as far as the till knows it. */
  iat: number
  /** From 1. */
  seq: number
  /** The id of the record before; '' for the first. */
  prv: string
  act: 'stamp' | 'redeem' | 'undo'
  /** Packed: the card, with its proof if it has one. */
  card?: Uint8Array
  code?: string
  voucher?: Uint8Array
  /** The record that is undone. */
  of?: string
  /** Milliseconds that the till's clock was corrected by. */
  offset: number
}

function recordText({ till, shop, jti, iat, seq, prv, act, card, code, voucher, of, offset }: Claims): string {
  const packed = (bytes?: Uint8Array) => bytes && base64url(bytes)
  // NB! What is undefined, JSON leaves out.
  const claims = { iss: till, jti, iat, seq, prv, shop, act, card: packed(card), code, voucher: packed(voucher), of, offset }
  return signing('stamp+jwt', null, JSON.stringify(claims))
}

/** Signs a record of a till with its key; the id is of what was signed. */
export async function signRecord(key: CryptoKey, claims: Claims): Promise<{ id: string; raw: string }> {
  const text = recordText(claims)
  return { id: await nameOf(text), raw: jwsOf(text, await signatureOf(key, text)) }
}

/** A key of the community, as it is published (communities.cardKeys). */
export interface PublicKey extends Point {
  kid: number
  /** What it may sign. */
  typs: string[]
  from: number
  /** 0: still open. */
  until: number
}

/** What somebody needs who looks at cards of a community. */
export interface CardSet {
  issuer: string
  keys: PublicKey[]
}

/** Reads `cardKeys` of the community's row; what is none is no key. */
export function setOf(issuer: string, cardKeys: unknown): CardSet {
  const list = typeof cardKeys === 'string' && cardKeys !== '' ? JSON.parse(cardKeys) : cardKeys
  return { issuer, keys: Array.isArray(list) ? list : [] }
}

const read = new WeakMap<PublicKey, Promise<CryptoKey | null>>()

/** Whether one of the community's keys, which may sign such a thing and did so in its time, has signed this. */
export async function isByCommunity(set: CardSet, typ: string, kid: number, issued: number, text: string, signature: Uint8Array): Promise<boolean> {
  const key = known(set, typ, kid)
  if (!key || issued < key.from || (key.until !== 0 && issued >= key.until)) return false
  let handle = read.get(key)
  if (!handle) read.set(key, (handle = keyOf(key)))
  return isSigned(await handle, text, signature)
}

/** The key with this number, if it may sign such a thing. */
export function known(set: CardSet, typ: string, kid: number): PublicKey | undefined {
  return set.keys.find((key) => key.kid === kid && key.typs.includes(typ))
}

/** What counts no more before its time. */
export interface Revocations {
  seq: number
  issued: number
  expires: number
  cards: string[]
  tills: string[]
  vouchers: string[]
  keys: number[]
}

const LIST_MOST = 256 * 1024
const IDS = /^[0-9a-f]{16}$/
const ROWS = /^[a-z0-9]{15}$/

/**
 * Reads a list that the community has signed; null where it is none. Whether it is out of date (`expires`) is for the
 * caller: an old list is better than none.
 *
 * NB! What was read is written anew and compared: JSON has many ways to say one thing.
 */
export async function readRevocations(set: CardSet, raw: string): Promise<Revocations | null> {
  const token = raw.length <= LIST_MOST ? await opened(set, 'rev+jwt', raw) : null
  if (!token) return null
  const { iss, seq, iat, exp, cards, tills, vouchers, keys } = token.claims
  const anew = JSON.stringify({ iss, seq, iat, exp, cards, tills, vouchers, keys })
  const whole = [seq, iat, exp].every(Number.isSafeInteger) && seq > 0 && exp > iat && numbers(keys)
  if (!whole || !sorted(cards, IDS) || !sorted(tills, ROWS) || !sorted(vouchers, IDS)) return null
  if (anew !== token.text || iss !== set.issuer || !(await token.isRight(iat))) return null
  return { seq, issued: iat, expires: exp, cards, tills, vouchers, keys }
}

function sorted(list: unknown, shape: RegExp): boolean {
  return Array.isArray(list) && list.every((id, i) => typeof id === 'string' && shape.test(id) && (i === 0 || list[i - 1] < id))
}

/** Numbers of keys. */
function numbers(list: unknown): boolean {
  return Array.isArray(list) && list.every((kid, i) => Number.isInteger(kid) && kid > (list[i - 1] ?? 0) && kid < 256)
}

/** A token of the community by its shape; whether its signature is right is asked when its claims are. */
async function opened(set: CardSet, typ: string, raw: string): Promise<{ claims: any; text: string; isRight(issued: number): Promise<boolean> } | null> {
  const parts = /^([\w-]+)\.([\w-]+)\.([\w-]{86})$/.exec(raw)
  if (!parts) return null
  try {
    const [head, text] = parts.slice(1, 3).map((part) => new TextDecoder('utf-8', { fatal: true }).decode(fromBase64url(part))) as [string, string]
    const kid = Number(/^\{"alg":"ES256","kid":"([1-9]\d{0,2})","typ":"([a-z+]+)"\}$/.exec(head)?.[1] ?? 0)
    const signed = signing(typ, kid, text)
    const signature = fromBase64url(parts[3]!)
    if (jwsOf(signed, signature) !== raw) return null
    return { claims: JSON.parse(text) ?? {}, text, isRight: (issued) => isByCommunity(set, typ, kid, issued, signed, signature) }
  } catch {
    return null
  }
}
