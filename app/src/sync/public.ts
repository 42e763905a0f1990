/**
 * Which kept lines everybody may read. They are told apart by how they begin, without reading them: a line that
 * is written in another way counts as private.
 */
const BEGINNINGS = ['{"row":["public",', '{"gone":["public",', '{"reset":"public"', '{"drop":"public"', '{"void":true}']

/** True when the line of `text` that begins at `from` is about the audience `public`, or about nobody. */
export function isPublicLine(text: string, from: number): boolean {
  return BEGINNINGS.some((beginning) => text.startsWith(beginning, from))
}

/**
 * Parts lines into those that everybody may read and those that are private, each in their order. Applied one part
 * after the other they lead to the same rows: what happens in one audience leaves the others alone, of one row's
 * versions the newest stands, and only `void`, which is public and comes first, touches all.
 */
export function parted(text: string): { open: string; closed: string } {
  const open: string[] = []
  const closed: string[] = []
  let begun = 0
  let isOpen = true
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf('\n', from)
    const everybodys = isPublicLine(text, from)
    if (everybodys !== isOpen) {
      if (from > begun) (isOpen ? open : closed).push(text.slice(begun, from - 1))
      begun = from
      isOpen = everybodys
    }
    from = newline < 0 ? text.length : newline + 1
  }
  if (begun === 0 && isOpen) return { open: text, closed: '' }
  ;(isOpen ? open : closed).push(text.slice(begun))
  return { open: open.join('\n'), closed: closed.join('\n') }
}
