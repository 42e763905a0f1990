/**
 * What a square code holds, byte for byte (docs/protocol.md): a card, a proof that its phone is here, a voucher. Every
 * part has its place, so nothing is parsed; and how long it is says what it is. The server's twin: internal/card.
 */
import { concat, hex } from '../sync/bytes'
import { base64url } from '../sync/ids'

export const PRINTED_BYTES = 77
/** With the phone's key. */
export const BOUND_BYTES = 141
export const PROOF_BYTES = 72
export const VOUCHER_BYTES = 98
/** What a phone shows: its card and a proof. */
export const PHONE_BYTES = BOUND_BYTES + PROOF_BYTES

const VERSION = 1
const SIGNATURE_BYTES = 64
const DAY_S = 86_400
/** How long something lasts is counted in steps of five days. */
const STEP_S = 5 * DAY_S
const REWARD_BYTES = 10
const REWARD_LETTERS = 15

/** A public key on P-256, as JWK has it. */
export interface Point {
  x: string
  y: string
}

export interface Card {
  kid: number
  /** Which card it is: 16 hexadecimal digits. */
  sub: string
  /** Seconds since 1970. */
  issued: number
  expires: number
  /** The phone's key; null on paper. */
  key: Point | null
  packed: Uint8Array
  signature: Uint8Array
}

export interface Proof {
  /** Seconds since 1970, by the phone's clock. */
  at: number
  nonce: string
  packed: Uint8Array
  signature: Uint8Array
}

export interface Voucher {
  kid: number
  id: string
  /** The card that it goes with. */
  sub: string
  reward: string
  pence: number
  /** It may be redeemed where there is no signal. */
  offline: boolean
  issued: number
  expires: number
  packed: Uint8Array
  signature: Uint8Array
}

export interface Unpacked {
  card: Card
  proof: Proof | null
  voucher: Voucher | null
}

/** Where each part ends, by the length of the whole. */
const LENGTHS = new Map([false, true].flatMap((voucher) => [
  [PRINTED_BYTES, PRINTED_BYTES],
  [BOUND_BYTES, BOUND_BYTES],
  [PHONE_BYTES, BOUND_BYTES],
].map(([shown, card]) => [shown! + (voucher ? VOUCHER_BYTES : 0), { shown: shown!, card: card! }] as const)))

/** Cuts it into its parts, of which none is believed yet; or says the code of what is wrong. */
export function unpack(bytes: Uint8Array): Unpacked | 'card_unreadable' | 'voucher_forged' {
  const ends = LENGTHS.get(bytes.length)
  if (!ends || bytes[0] !== VERSION) return 'card_unreadable'
  const { card, shown } = ends
  const voucher = shown < bytes.length ? voucherOf(bytes.slice(shown)) : null
  if (voucher === 'voucher_forged') return voucher
  return { card: cardOf(bytes.slice(0, card)), proof: card < shown ? proofOf(bytes.slice(card, shown)) : null, voucher }
}

function cardOf(packed: Uint8Array): Card {
  const key = packed.length === BOUND_BYTES ? { x: base64url(packed.slice(13, 45)), y: base64url(packed.slice(45, 77)) } : null
  return { kid: packed[1]!, sub: hex(packed.slice(2, 10)), ...life(packed, 10), key, packed, signature: packed.slice(-SIGNATURE_BYTES) }
}

function proofOf(packed: Uint8Array): Proof {
  return { at: view(packed).getUint32(0), nonce: hex(packed.slice(4, 8)), packed, signature: packed.slice(-SIGNATURE_BYTES) }
}

function voucherOf(packed: Uint8Array): Voucher | 'voucher_forged' {
  const reward = BigInt(`0x${hex(packed.slice(18, 18 + REWARD_BYTES))}`).toString(36).padStart(REWARD_LETTERS, '0')
  if (packed[0] !== VERSION || packed[30]! > 1 || reward.length > REWARD_LETTERS) return 'voucher_forged'
  const [id, sub] = [hex(packed.slice(2, 10)), hex(packed.slice(10, 18))]
  return { kid: packed[1]!, id, sub, reward, pence: view(packed).getUint16(28), offline: packed[30] === 1, ...life(packed, 31), packed, signature: packed.slice(-SIGNATURE_BYTES) }
}

function life(packed: Uint8Array, at: number): { issued: number; expires: number } {
  const issued = view(packed).getUint16(at) * DAY_S
  return { issued, expires: issued + packed[at + 2]! * STEP_S }
}

function view({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

/** A proof's bytes before its signature. */
export function proofHead(seconds: number, nonce: Uint8Array): Uint8Array {
  const time = new Uint8Array(4)
  view(time).setUint32(0, seconds)
  return concat(time, nonce)
}

/** How many digits hold so many bytes. */
const width = (bytes: number): number => Math.ceil(bytes * 8 * Math.log10(2))

/** The sizes that are shown: a card on paper, one on a phone, each with and without a voucher. */
const SHOWN = new Map([PRINTED_BYTES, PHONE_BYTES, PRINTED_BYTES + VOUCHER_BYTES, PHONE_BYTES + VOUCHER_BYTES].map((bytes) => [width(bytes), bytes]))

/** What a square code says: the bytes as one whole number, which takes the least room there. */
export function digitsOf(bytes: Uint8Array): string {
  return BigInt(`0x${hex(bytes)}`).toString().padStart(width(bytes.length), '0')
}

/** Null: no card, whatever else the square code is. */
export function bytesOf(digits: string): Uint8Array | null {
  const length = SHOWN.get(digits.length)
  if (!length || !/^[0-9]+$/.test(digits)) return null
  const text = BigInt(digits).toString(16)
  if (text.length > length * 2) return null
  return Uint8Array.from(text.padStart(length * 2, '0').match(/../g)!, (byte) => parseInt(byte, 16))
}
