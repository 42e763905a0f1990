/**
 * Codes that are made on this phone: invites, recovery cards, offers. The server is told only a hash, so a
 * code works as soon as it is on paper, also with no signal, and a copied database opens nothing.
 */

/** Crockford's base32: no I, L, O or U, so that nothing is misread on paper. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 16

/** A new code of 80 random bits: `7Q2K-M4XD-9TRF-2HVW`. */
export function newCode(): string {
  // 256 is a multiple of 32: every letter is as likely as every other.
  const bytes = crypto.getRandomValues(new Uint8Array(LENGTH))
  return grouped([...bytes].map((byte) => LETTERS[byte % LETTERS.length]).join(''))
}

/** A code as it is compared: capitals, without dashes of any kind and spaces, and what is easily mistaken read as meant. */
export function plainCode(code: string): string {
  return code.toUpperCase().replace(/[\s\p{Pd}\u2212]/gu, '').replaceAll('O', '0').replace(/[IL]/g, '1')
}

/** In fours, as it is printed and read out. */
export function grouped(code: string): string {
  return (plainCode(code).match(/.{1,4}/g) ?? []).join('-')
}

/** Whether this could be a whole code; whether it is right only the server knows. */
export function isWholeCode(code: string): boolean {
  const plain = plainCode(code)
  return plain.length === LENGTH && [...plain].every((letter) => LETTERS.includes(letter))
}

/** What the server keeps of a code: SHA-256 of its plain form, in hex. */
export async function hashOf(code: string): Promise<string> {
  const sum = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(plainCode(code)))
  return Array.from(new Uint8Array(sum), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
