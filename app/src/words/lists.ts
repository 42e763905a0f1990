/** "Dot", "Dot and Cath", "Dot, Cath and Femi". */
export const listWords = (names: readonly string[]): string => (names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`)
