/** Words in a drawing: SVG breaks no lines by itself. */

/** About as wide as letters are on average, as a part of their size; with room to spare for a line of wide ones. */
export const WIDE = { lettered: 0.58, plain: 0.54, bold: 0.6 } as const

/** Text in lines that fit `width`, at most so many; the last one says by dots that there was more. */
export function inLines(text: string, size: number, width: number, most: number, wide: number = WIDE.plain): string[] {
  const room = Math.max(4, Math.floor(width / (size * wide)))
  const lines: string[] = []
  for (const word of text.split(/\s+/).filter(Boolean).map((one) => cut(one, room))) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= room) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  if (lines.length <= most) return lines
  return [...lines.slice(0, most - 1), `${lines[most - 1]!.slice(0, room - 1).trimEnd()}…`]
}

const cut = (word: string, room: number): string => (word.length <= room ? word : `${word.slice(0, room - 1)}…`)
