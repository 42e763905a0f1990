/** The paints of the noticeboard (styles/tokens.css), as they are on paper: by day and by night alike. */
export const ink = {
  green: '#1d4133', deep: '#15301f', leaf: '#2f6a4c', cream: '#f9eed6', paper: '#fffdf8', wash: '#dcecdc', gilt: '#d9b25f', honey: '#efc768',
  thin: '#8d8351', coral: '#d9634c', brick: '#bb4a35', blush: '#ff9f8a', black: '#1b1813', soft: '#5d5548', tea: '#b5713a', crust: '#d8a657', clay: '#b4583a',
}

/** A point on a round, from the top, clockwise: `turn` of 1 is once round. */
export function onRound(r: number, turn: number): { x: number; y: number } {
  const angle = 2 * Math.PI * (turn - 0.25)
  return { x: round(r * Math.cos(angle)), y: round(r * Math.sin(angle)) }
}

/** A round with `bumps` soft scallops. */
export function scalloped(r: number, bumps: number, depth: number): string {
  const parts = Array.from({ length: bumps }, (_, index) => {
    const out = onRound(r + depth, (index + 0.5) / bumps)
    const end = onRound(r - depth, (index + 1) / bumps)
    return `Q${out.x} ${out.y} ${end.x} ${end.y}`
  })
  const start = onRound(r - depth, 0)
  return `M${start.x} ${start.y}${parts.join('')}Z`
}

const round = (value: number): number => Math.round(value * 100) / 100
