/**
 * Answers as text of ASCII characters only: any other character is written as JSON writes it, `\u2019`.
 *
 * One curly quote in a page of a megabyte makes a browser keep two bytes for every character of it; then decoding,
 * reading and storing the page each cost a phone twice to five times as much. To JSON both texts are the same.
 */

const NOT_ASCII = 0x80808080
const HEX = '0123456789abcdef'
// A mark at the beginning of a piece is a character like others.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The text of UTF-8 `buffer`, which must be JSON or lines of it. */
export function asciiJson(buffer: ArrayBuffer): string {
  const bytes = new Uint8Array(buffer)
  const words = new Uint32Array(buffer, 0, buffer.byteLength >> 2)
  const first = nextOther(bytes, words, 0)
  if (first === bytes.length) return decoder.decode(bytes)
  // A byte beyond ASCII becomes 6 where it is broken, and otherwise 3 at most.
  const out = new Uint8Array(first + 6 * (bytes.length - first))
  let length = 0
  let from = 0
  for (let at = first; at < bytes.length; at = nextOther(bytes, words, from)) {
    out.set(bytes.subarray(from, at), length)
    length += at - from
    from = at
    while (from < bytes.length && bytes[from]! > 127) from++
    length = escape(decoder.decode(bytes.subarray(at, from)), out, length)
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

function escape(text: string, out: Uint8Array, length: number): number {
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    out[length++] = 0x5c // \
    out[length++] = 0x75 // u
    for (let shift = 12; shift >= 0; shift -= 4) out[length++] = HEX.charCodeAt((unit >> shift) & 15)
  }
  return length
}
