/**
 * How large the letters of a sheet can be so that it is one side of A4. Each letter counts as a little wider than most
 * typefaces have it: a sheet that ends early is fine, a last line on a second side is not.
 */

/** In points, the best first. Under 12 nobody should have to read. */
const SIZES = [18, 16, 14, 12] as const
/** What cannot be one side anyway needn't be small. */
const SEVERAL_SIDES = 14
/** Inside of the margins of 16 mm, in points, and a little less. */
const WIDTH = 500
const HEIGHT = 735
const LINE = 1.25
const HEADING = 1.5
const LABEL = 0.85
/** Between two parts. */
export const GAP = 0.4

export interface Text {
  title: string
  /** Above the lines: from whom, and on which footing. */
  above: readonly string[]
  lines: readonly (readonly [label: string, text: string])[]
  below: string
}

function widthOf(letter: string): number {
  const code = letter.codePointAt(0) ?? 0
  if (code >= 0x1f000) return 1.45
  if (code >= 0x2e80) return 1.05
  if (/[ .,:;'’!|()iljtfr-]/.test(letter)) return 0.4
  if (/[mwMW@%—…]/.test(letter)) return 1
  return code > 127 || /[A-Z&]/.test(letter) ? 0.78 : 0.61
}

const wide = (text: string): number => [...text].reduce((sum, letter) => sum + widthOf(letter), 0)

/** How many lines a text takes that is broken between words, and in a word where it is longer than a line. */
export function linesIn(text: string, width: number): number {
  let count = 0
  for (const line of text.split('\n')) {
    count++
    let used = 0
    for (const word of line.split(' ')) {
      const wanted = wide(word)
      if (used > 0 && used + 0.4 + wanted > width) [count, used] = [count + 1, 0]
      used += wanted + (used > 0 ? 0.4 : 0)
      if (used > width) [count, used] = [count + Math.ceil(used / (width - 1.45)) - 1, used % (width - 1.45)]
    }
  }
  return count
}

function heightOf({ title, above, lines, below }: Text, points: number): number {
  const at = (text: string, size: number) => (text === '' ? 0 : linesIn(text, WIDTH / (points * size)) * size * LINE)
  const parts = [at(title, HEADING), ...above.map((text) => at(text, 1)), ...lines.map(([label, text]) => at(label, LABEL) + at(text, 1)), at(below, 1)]
  return points * (parts.reduce((sum, part) => sum + part, 0) + GAP * (parts.length + 2))
}

/** The largest letters with which it is one side, in points. */
export function pointsOf(text: Text): number {
  return SIZES.find((points) => heightOf(text, points) <= HEIGHT) ?? SEVERAL_SIDES
}
