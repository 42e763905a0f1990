/**
 * Finding listings by words, in memory, with no signal.
 *
 * Each listing is folded once into one string of its distinct words, each marked where it begins: a query word
 * matches there. 10,000 listings are one pass of `String.includes`.
 */

/** Longer descriptions than this add only their first words (one real feed has 145,411 characters). */
const FOLDED_CHARACTERS = 20_000

/** Lower case, no accents, no apostrophes: "Café" and "cafe", "St Mary's" and "st marys" are the same. */
export function fold(text: string): string {
  return text
    .slice(0, FOLDED_CHARACTERS)
    .normalize('NFD')
    .replace(/[\p{M}'’‘]/gu, '')
    .toLowerCase()
}

/** The words of a text, folded. */
export function foldedWords(text: string): string[] {
  return fold(text).match(/[\p{L}\p{N}]+/gu) ?? []
}

const APOSTROPHE = "'".charCodeAt(0)
/** A space that doesn't break, a pound sign and dashes: they part words, and come often. */
const BREAKS = [0xa0, 0xa3, 0x2013, 0x2014]

/**
 * Adds the words of a text to `words`, the same as `foldedWords` gives. Ten thousand descriptions wait for it, so
 * letters and digits of ASCII are walked over by their codes, and only a word with any other goes through `fold`.
 */
function addWords(text: string, words: Set<string>): void {
  const lower = text.slice(0, FOLDED_CHARACTERS).toLowerCase()
  let from = 0
  let other = false
  for (let at = 0; at <= lower.length; at++) {
    const code = lower.charCodeAt(at)
    if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57)) continue
    if (code === APOSTROPHE || (code > 127 && !BREAKS.includes(code))) {
      other = true
      continue
    }
    if (other) for (const word of foldedWords(lower.slice(from, at))) words.add(word)
    else if (at > from) words.add(lower.slice(from, at))
    from = at + 1
    other = false
  }
}

/**
 * A word as it is looked for. Folded text has no capitals, so one begins each word: a browser finds it sooner than a
 * space, which stands before every other word. What begins with no letter from a to z has the space.
 */
function begun(word: string): string {
  return word >= 'a' && word < '{' ? word[0]!.toUpperCase() + word.slice(1) : ` ${word}`
}

/** What a listing is found by: its distinct words, each as `begun`. */
export function searchable(parts: readonly string[]): string {
  const distinct = new Set<string>()
  for (const part of parts) addWords(part, distinct)
  // NB! Joined, not added up: a browser puts such a text together when it is first looked into, and that is a key.
  return Array.from(distinct, begun).join('')
}

/** Whether a query asks for something that no word can begin with: signs alone. Nothing is found by it. */
export const isSigns = (query: string): boolean => query.trim() !== '' && foldedWords(query).length === 0

/** Answers whether a folded listing has every word of the query, each at the beginning of a word. */
export function matcher(query: string): (folded: string) => boolean {
  const wanted = foldedWords(query).map(begun)
  if (isSigns(query)) return () => false
  return (folded) => wanted.every((word) => folded.includes(word))
}
