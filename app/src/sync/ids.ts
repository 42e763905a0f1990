/**
 * Random names made on the phone.
 */

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** A new row id: 15 characters of a-z and 0-9, evenly distributed (77 bits). */
export function newId(): string {
  let id = ''
  while (id.length < 15) {
    for (const byte of crypto.getRandomValues(new Uint8Array(20))) {
      // 252 is the largest multiple of 36 in a byte: beyond it the first letters would come more often.
      if (byte < 252 && id.length < 15) id += LETTERS[byte % 36]
    }
  }
  return id
}

/** 128 random bits as 22 characters of base64url: a nonce, a stream, a proof's jti. */
export function newNonce(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(16)))
}

/** base64url without padding (RFC 4648 section 5). */
export function base64url(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** The bytes of base64url; throws on anything else. */
export function fromBase64url(text: string): Uint8Array {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (char) => char.charCodeAt(0))
}
