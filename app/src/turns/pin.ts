/**
 * A PIN's lock on the key of one person's store. It keeps the next person at the tablet out, and is not worth more:
 * docs/threats.md has the figures.
 */
import { newKey } from '../sync/box'

/** Of PBKDF2 with SHA-256, after OWASP; about half a second on a tablet, and as much for each guess. */
export const ITERATIONS = 600_000
export const PIN = /^\d{4,6}$/
/** Wrong tries before the first pause; after as many again the slot is gone. */
export const TRIES = 5
export const LAST_TRY = 10
const PAUSE_MS = 60_000

export interface Lock {
  salt: Uint8Array
  iterations: number
  iv: Uint8Array
  wrapped: Uint8Array
}

/** A new key, and the lock that the PIN opens. */
export async function lock(pin: string): Promise<{ key: Uint8Array; lock: Lock }> {
  const key = newKey()
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const iv = crypto.getRandomValues(new Uint8Array(12))
  const wrapper = await wrapperOf(pin, salt, ITERATIONS)
  const wrapped = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, wrapper, key.slice()))
  return { key, lock: { salt, iterations: ITERATIONS, iv, wrapped } }
}

/** The key; null: that isn't the PIN. */
export async function unlock(pin: string, { salt, iterations, iv, wrapped }: Lock): Promise<Uint8Array | null> {
  try {
    const wrapper = await wrapperOf(pin, new Uint8Array(salt), iterations)
    return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: new Uint8Array(iv) }, wrapper, new Uint8Array(wrapped)))
  } catch {
    return null
  }
}

/** Milliseconds to wait after so many wrong tries: a minute after five, and twice as long each time. */
export function pauseAfter(tries: number): number {
  return tries < TRIES ? 0 : PAUSE_MS * 2 ** (tries - TRIES)
}

async function wrapperOf(pin: string, salt: Uint8Array, iterations: number): Promise<CryptoKey> {
  const raw = await crypto.subtle.importKey('raw', new TextEncoder().encode(pin), 'PBKDF2', false, ['deriveKey'])
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt: salt.slice(), iterations }
  return crypto.subtle.deriveKey(how, raw, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}
