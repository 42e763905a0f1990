/**
 * Answers as text of ASCII characters only: any other character is written as JSON writes it, `\u2019`.
 *
 * One curly quote in a page of a megabyte makes a browser keep two bytes for every character of it; then decoding,
 * reading and storing the page each cost a phone twice to five times as much. To JSON both texts are the same.
 */

const NOT_ASCII = 0x80808080
const HEX = '0123456789abcdef'
const BACKSLASH = 0x5c
const LETTER_U = 0x75
/** Not a character; shown as the sign for that. */
const BROKEN = -1
const SIGN = 0xfffd
const decoder = new TextDecoder()

/** The text of UTF-8 `buffer`, which must be JSON or lines of it. */
export function asciiJson(buffer: ArrayBuffer): string {
  const bytes = new Uint8Array(buffer)
  const words = new Uint32Array(buffer, 0, buffer.byteLength >> 2)
  const first = nextOther(bytes, words, 0)
  if (first === bytes.length) return decoder.decode(bytes)
  // A byte beyond ASCII becomes 6 where it is broken, and otherwise 3 at most.
  const out = new Uint8Array(bytes.length + 5 * countOthers(bytes, words))
  let length = 0
  let from = 0
  for (let at = first; at < bytes.length; at = nextOther(bytes, words, from)) {
    out.set(bytes.subarray(from, at), length)
    length += at - from
    from = at
    while (from < bytes.length && bytes[from]! > 127) {
      const character = characterAt(bytes, from)
      length = escape(character === BROKEN ? SIGN : character, out, length)
      from += 1
      // What follows belongs to it; after a broken byte, each one is looked at for itself.
      if (character !== BROKEN) while (from < bytes.length && bytes[from]! >> 6 === 2) from++
    }
  }
  out.set(bytes.subarray(from), length)
  return decoder.decode(out.subarray(0, length + bytes.length - from))
}

/** Where the next byte beyond ASCII is, from `at` on; the length if there is none. Looks at four at a time. */
function nextOther(bytes: Uint8Array, words: Uint32Array, at: number): number {
  while (at < bytes.length && at % 4 !== 0 && bytes[at]! < 128) at++
  if (at % 4 === 0) {
    let word = at / 4
    while (word < words.length && (words[word]! & NOT_ASCII) === 0) word++
    at = word * 4
  }
  while (at < bytes.length && bytes[at]! < 128) at++
  return at
}

/** Not fewer than the bytes beyond ASCII. */
function countOthers(bytes: Uint8Array, words: Uint32Array): number {
  let others = bytes.length % 4
  for (let word = 0; word < words.length; word++) if ((words[word]! & NOT_ASCII) !== 0) others += 4
  return others
}

/** The character that begins at `at`, beyond ASCII; a byte that belongs to none reads as BROKEN. */
function characterAt(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!
  const more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1
  if (lead < 0xc2 || lead > 0xf4) return BROKEN
  let character = lead & (0x3f >> more)
  for (let i = 1; i <= more; i++) {
    const byte = bytes[at + i]
    if (byte === undefined || byte >> 6 !== 2) return BROKEN
    character = (character << 6) | (byte & 0x3f)
  }
  return character
}

/** Writes `character` as one or two escapes to `out` at `length`, and answers the new length. */
function escape(character: number, out: Uint8Array, length: number): number {
  if (character > 0xffff) {
    const above = character - 0x10000
    length = escape(0xd800 + (above >> 10), out, length)
    character = 0xdc00 + (above & 0x3ff)
  }
  out[length++] = BACKSLASH
  out[length++] = LETTER_U
  for (let shift = 12; shift >= 0; shift -= 4) out[length++] = HEX.charCodeAt((character >> shift) & 15)
  return length
}
