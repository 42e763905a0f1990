/**
 * The cipher of one person's store: XChaCha20-Poly1305, which can seal inside of an IndexedDB transaction because
 * it answers at once (WebCrypto makes one wait, and the transaction would end). Comes with
 * sealed.ts, only where there is something to seal.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { base64url } from './ids'

export const KEY_BYTES = 32
const NONCE_BYTES = 24

/** A new key for one person's store. */
export function newKey(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(KEY_BYTES))
}

export class Box {
  readonly #seal: Uint8Array
  readonly #names: Uint8Array

  constructor(key: Uint8Array) {
    // Two uses, two keys.
    this.#seal = hmac(sha256, key, utf8('kith store 1'))
    this.#names = hmac(sha256, key, utf8('kith names 1'))
  }

  /** Seals a value of JSON for one place on disk; it opens at no other. */
  seal(place: string, value: unknown): Uint8Array {
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
    const sealed = xchacha20poly1305(this.#seal, nonce, utf8(place)).encrypt(utf8(JSON.stringify(value)))
    const whole = new Uint8Array(NONCE_BYTES + sealed.length)
    whole.set(nonce)
    whole.set(sealed, NONCE_BYTES)
    return whole
  }

  /** Opens what was sealed for that place; throws when it was sealed with another key, elsewhere, or is damaged. */
  open(place: string, sealed: Uint8Array): any {
    // Of another realm in some browsers and tests: what counts is the bytes.
    const bytes = new Uint8Array(sealed)
    const opened = xchacha20poly1305(this.#seal, bytes.subarray(0, NONCE_BYTES), utf8(place)).decrypt(bytes.subarray(NONCE_BYTES))
    return JSON.parse(new TextDecoder().decode(opened))
  }

  /** The name under which a fact lies on disk: always the same for the same key, and it says nothing. */
  name(key: string): string {
    return base64url(hmac(sha256, this.#names, utf8(key)).subarray(0, 16))
  }
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
