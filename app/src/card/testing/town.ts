/**
 * A community with its keys, somebody's phone and a till, for tests: what the server signs, signed by Web Crypto.
 */
import { concat } from '../../sync/bytes'
import { base64url, fromBase64url } from '../../sync/ids'
import { unpack, type Point } from '../bytes'
import { rebuild, signProof, type CardSet, type PublicKey } from '../tokens'

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' }
const PURPOSES = ['card+jwt', 'voucher+jwt', 'dev+jwt', 'rev+jwt']

export const ISSUER = 'kithcommunity01'
export const DAY_S = 86_400
const BLANK = new Uint8Array(64)

export interface Pair extends CryptoKeyPair {
  point: Point
}

export async function newPair(): Promise<Pair> {
  const pair = (await crypto.subtle.generateKey(CURVE, true, ['sign', 'verify'])) as CryptoKeyPair
  const { x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  return { ...pair, point: { x: x!, y: y! } }
}

export interface CardOf {
  sub?: string
  day: number
  units?: number
  key?: Point
  kid?: number
}

export interface VoucherOf {
  id?: string
  sub?: string
  /** Ten bytes. */
  reward?: Uint8Array
  pence?: number
  offline?: boolean
  day: number
  units?: number
  kid?: number
}

const unhex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g)!, (byte) => parseInt(byte, 16))
const short = (n: number): Uint8Array => Uint8Array.of(n >> 8, n & 255)

/** Bytes of the reward `abcdefghij12345`. */
export const REWARD = unhex(BigInt([...'abcdefghij12345'].reduce((n, letter) => n * 36n + BigInt(parseInt(letter, 36)), 0n)).toString(16).padStart(20, '0'))

export class CardTown {
  private constructor(
    readonly set: CardSet,
    readonly keys: Pair[],
    readonly phone: Pair,
    readonly till: Pair,
  ) {}

  static async open(): Promise<CardTown> {
    const keys = await Promise.all(PURPOSES.map(newPair))
    const published = keys.map(({ point }, i): PublicKey => ({ kid: i + 1, typs: [PURPOSES[i]!], ...point, from: 0, until: 0 }))
    return new CardTown({ issuer: ISSUER, keys: published }, keys, await newPair(), await newPair())
  }

  /** A card, signed; without a key: a printed one. */
  async card({ sub = '0102030405060708', day, units = 18, key, kid = 1 }: CardOf): Promise<Uint8Array> {
    const head = concat(Uint8Array.of(1, kid), unhex(sub), short(day), Uint8Array.of(units), ...(key ? [fromBase64url(key.x), fromBase64url(key.y)] : []))
    return this.#signed(head, concat(head, BLANK), 'card', kid)
  }

  async voucher({ id = '0908070605040302', sub = '0102030405060708', reward = REWARD, pence = 350, offline = true, day, units = 12, kid = 2 }: VoucherOf): Promise<Uint8Array> {
    const head = concat(Uint8Array.of(1, kid), unhex(id), unhex(sub), reward, short(pence), Uint8Array.of(offline ? 1 : 0), short(day), Uint8Array.of(units))
    const printed = await this.card({ day })
    return this.#signed(head, concat(printed, head, BLANK), 'voucher', kid)
  }

  /** What a phone shows at that second. */
  async shown(seconds: number, of: Partial<CardOf> = {}): Promise<Uint8Array> {
    const card = await this.card({ day: Math.floor(seconds / DAY_S), key: this.phone.point, ...of })
    return concat(card, await signProof(this.phone.privateKey, ISSUER, card, seconds))
  }

  async text(head: object, claims: object, kid: number): Promise<string> {
    const encode = (value: object) => base64url(new TextEncoder().encode(JSON.stringify(value)))
    const signed = `${encode(head)}.${encode(claims)}`
    return `${signed}.${base64url(await this.#signature(kid, signed))}`
  }

  async #signed(head: Uint8Array, whole: Uint8Array, part: 'card' | 'voucher', kid: number): Promise<Uint8Array> {
    const parts = unpack(whole)
    if (typeof parts === 'string') throw new Error(parts)
    return concat(head, await this.#signature(kid, (await rebuild(ISSUER, parts))[part]!))
  }

  async #signature(kid: number, text: string): Promise<Uint8Array> {
    return new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, this.keys[kid - 1]!.privateKey, new TextEncoder().encode(text)))
  }
}

/** Bytes with one bit changed. */
export function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const other = bytes.slice()
  other[bit >> 3]! ^= 0x80 >> (bit & 7)
  return other
}

/** The other form of an ES256 signature, (r, n-s), which is right, too. */
export function mirrored(signature: Uint8Array): Uint8Array {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
  const s = order - BigInt(`0x${Array.from(signature.slice(32), (byte) => byte.toString(16).padStart(2, '0')).join('')}`)
  return concat(signature.slice(0, 32), unhex(s.toString(16).padStart(64, '0')))
}
