/** What one neighbour does for another: the kinds of a slot and of an ask. A place to go to, never why. */
export const KINDS = ['walk', 'gp', 'pharmacy', 'lunch', 'post', 'company', 'other'] as const
export type Kind = (typeof KINDS)[number]

interface Errand {
  /** As a heading, or on a button. */
  name: string
  /** In the middle of a sentence: "Samira can come for …". */
  middle: string
}

export const errands: Readonly<Record<Kind, Errand>> = {
  walk: { name: 'A walk there and back', middle: 'a walk there and back' },
  gp: { name: 'To the GP and back', middle: 'the way to the GP and back' },
  pharmacy: { name: 'The pharmacy', middle: 'something from the pharmacy' },
  lunch: { name: 'Lunch together', middle: 'lunch together' },
  post: { name: 'The post office', middle: 'the post office' },
  company: { name: 'Company, and a cup of tea', middle: 'company and a cup of tea' },
  other: { name: 'A hand with something', middle: 'a hand with something' },
}

/** A kind that this version doesn't know is something general. */
export const errandKind = (kind: unknown): Kind => (Object.hasOwn(errands, String(kind)) ? (kind as Kind) : 'other')
export const errandOf = (kind: unknown): Errand => errands[errandKind(kind)]
