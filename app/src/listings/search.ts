/**
 * Finding listings by words, in memory, with no signal.
 *
 * Each listing is folded once into one string of its distinct words, each with a space before it: a query
 * word matches where a word begins. 10,000 listings are one pass of `String.includes`.
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

/** What a listing is found by: its distinct words, a space before each. */
export function searchable(parts: readonly string[]): string {
  const distinct = new Set<string>()
  for (const part of parts) for (const word of foldedWords(part)) distinct.add(word)
  let folded = ''
  for (const word of distinct) folded += ` ${word}`
  return folded
}

/** Answers whether a folded listing has every word of the query, each at the beginning of a word. */
export function matcher(query: string): (folded: string) => boolean {
  const wanted = foldedWords(query).map((word) => ` ${word}`)
  return (folded) => wanted.every((word) => folded.includes(word))
}
