/** Numbers of telephones, as people type and paste them. The bounds are the server's, so that a mistake is told where it is made. */

const SHAPES = {
  /** Somebody's own, or whom to ring: internal/text. */
  person: /^(?=.{6,20}$)\+?[0-9][0-9 ()-]{5,}$/,
  /** On a listing: hooks/listings. */
  listing: /^(?=(?:\D*\d){5})[+0-9 ()-]{1,40}$/,
  /** A helpline's, or the desk's: hooks/listening, internal/care. */
  line: /^(?=.{3,24}$)\+?(?: *\d){3,15}$/,
} as const

/**
 * A number as it is sent. What a page, a card of contacts or this very app gives to be pasted has spaces that don't
 * break, dashes of many lengths, and marks that nobody sees.
 */
export function tidyPhone(text: string): string {
  const plain = text.normalize('NFKC').replace(/\p{Cf}/gu, '').replace(/[\p{Pd}\u2212]/gu, '-')
  return plain.replace(/\s+/g, ' ').trim()
}

/** Whether a tidied number is one that the server takes for that. */
export function isPhone(text: string, of: keyof typeof SHAPES): boolean {
  return SHAPES[of].test(text)
}
