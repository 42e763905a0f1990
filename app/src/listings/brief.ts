/** The beginning of a longer text, cut between sentences. */

/** The sentences that fit in `most` characters, at least one; the rest is '' when all of it fits. */
export function briefly(text: string, most: number): { beginning: string; rest: string } {
  const sentences = text.trim().split(/(?<=[.!?])\s+/)
  let beginning = sentences[0] ?? ''
  let taken = 1
  while (taken < sentences.length && beginning.length + 1 + (sentences[taken] as string).length <= most) {
    beginning += ` ${sentences[taken]}`
    taken++
  }
  return { beginning, rest: sentences.slice(taken).join(' ') }
}
