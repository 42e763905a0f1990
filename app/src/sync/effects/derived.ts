/**
 * Ids that both sides make from what a row is about, as the server's `DerivedID`: a phone with no signal names a row as it
 * will be named.
 */
import { sha256 } from '@noble/hashes/sha2.js'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'
const LENGTH = 15
/** Each is asked for again with every thing that is done. A register has 60 or so. */
const MOST = 5000
const known = new Map<string, string>()

export function derived(...parts: string[]): string {
  const whole = parts.join('\0')
  let id = known.get(whole)
  if (id === undefined) {
    id = Array.from(sha256(new TextEncoder().encode(whole)).subarray(0, LENGTH), (byte) => LETTERS[byte % LETTERS.length]).join('')
    if (known.size >= MOST) known.clear()
    known.set(whole, id)
  }
  return id
}
