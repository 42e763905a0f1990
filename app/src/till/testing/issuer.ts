/** A community that makes cards, for tests: what the server does, with the app's own texts. */
import { digitsOf, unpack, BOUND_BYTES, PRINTED_BYTES, type Unpacked } from '../../card/bytes'
import { rebuild, signProof, type CardSet } from '../../card/tokens'
import { bufferOf, concat, utf8 } from '../../sync/bytes'
import { fromBase64url } from '../../sync/ids'

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' }
export const DAY_S = 86_400
export const NOW = Date.UTC(2026, 5, 4, 11, 0)
export const COMMUNITY = 'nunhead00000000'
export const SHOP = 'shopgreengrocer'

export interface Phone {
  sub: string
  card: Uint8Array
  keys: CryptoKeyPair
}

export class Issuer {
  private constructor(
    readonly keys: CryptoKeyPair,
    readonly set: CardSet,
  ) {}

  static async make(): Promise<Issuer> {
    const keys = await newPair()
    const { x, y } = await point(keys)
    return new Issuer(keys, { issuer: COMMUNITY, keys: [{ kid: 7, typs: ['card+jwt', 'voucher+jwt'], x, y, from: 0, until: 0 }] })
  }

  async card(sub: string, { day = Math.floor(NOW / 1000 / DAY_S), ttl = 18, bound = true } = {}): Promise<Phone> {
    const keys = await newPair()
    const { x, y } = await point(keys)
    const head = concat(Uint8Array.of(1, 7), fromHex(sub), u16(day), Uint8Array.of(ttl))
    const body = bound ? concat(head, fromBase64url(x), fromBase64url(y)) : head
    const blank = concat(body, new Uint8Array((bound ? BOUND_BYTES : PRINTED_BYTES) - body.length))
    const { card } = await rebuild(COMMUNITY, unpack(blank) as Unpacked)
    return { sub, keys, card: concat(body, await this.#sign(card)) }
  }

  async voucher(sub: string, jti: string, { reward = 'rewardcoffee000', pence = 350, offline = true, day = Math.floor(NOW / 1000 / DAY_S) } = {}): Promise<Uint8Array> {
    const bytes = fromHex(BigInt(`0x0${[...reward].reduce((sum, letter) => sum * 36n + BigInt(parseInt(letter, 36)), 0n).toString(16)}`).toString(16).padStart(20, '0'))
    const body = concat(Uint8Array.of(1, 7), fromHex(jti), fromHex(sub), bytes, u16(pence), Uint8Array.of(offline ? 1 : 0), u16(day), Uint8Array.of(12))
    const blank = concat(new Uint8Array(PRINTED_BYTES).fill(1, 0, 1), body, new Uint8Array(64))
    const { voucher } = await rebuild(COMMUNITY, unpack(blank) as Unpacked)
    return concat(body, await this.#sign(voucher!))
  }

  async #sign(text: string): Promise<Uint8Array> {
    return new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, this.keys.privateKey, bufferOf(utf8(text))))
  }
}

/** What a phone shows at that moment. */
export async function shown(phone: Phone, now: number, voucher?: Uint8Array): Promise<string> {
  const proof = await signProof(phone.keys.privateKey, COMMUNITY, phone.card, Math.floor(now / 1000))
  return digitsOf(concat(phone.card, proof, voucher ?? new Uint8Array()))
}

export const printed = (phone: Phone, voucher?: Uint8Array): string => digitsOf(concat(phone.card, voucher ?? new Uint8Array()))

const newPair = () => crypto.subtle.generateKey(CURVE, true, ['sign', 'verify']) as Promise<CryptoKeyPair>

async function point(keys: CryptoKeyPair): Promise<{ x: string; y: string }> {
  const { x, y } = await crypto.subtle.exportKey('jwk', keys.publicKey)
  return { x: x!, y: y! }
}

const u16 = (n: number) => Uint8Array.of(n >> 8, n & 255)
const fromHex = (text: string) => Uint8Array.from(text.match(/../g)!, (byte) => parseInt(byte, 16))
