/**
 * How large letters must be. Somebody who sees "6/6" just reads letters of five minutes of arc: 2.9 mm at two metres. Of
 * people of 85 most see 6/12 or better with their glasses; and to read with ease, capitals and figures must be twice as
 * large as those that one can just make out: 5 × 2 × 2 = 20 minutes, 11.6 mm at two metres, and the small letters between
 * them 1.4 times, 8.1 mm. What may take a second look has capitals for 6/12 alone: 5.8 mm.
 */
const JUST_ARCMIN = 5
/** 6/12: twice what 6/6 needs. */
const AT_85 = 2
const EASE = 2
const EASE_SMALL = 1.4

/** The height of a letter, in millimetres, that is just read at `metres` by somebody who needs letters `times` as large as 6/6. */
export const letterMm = (metres: number, times: number): number => metres * 1000 * Math.tan((JUST_ARCMIN * times * Math.PI) / (180 * 60))

/** Capitals and figures of what is to be read from two metres: days, times and names. */
export const FAR_MM = letterMm(2, AT_85 * EASE)
/** Of what may take a second look: what it is, and where to. */
export const NEAR_MM = letterMm(2, AT_85)

/** Capitals and small letters as parts of the size of a typeface, measured in Chromium: of Young Serif, and of plain faces. */
const LETTERED = { capital: 0.75, small: 0.5 }
const PLAIN = { capital: 0.72 }

/** Sizes of type, in millimetres. */
export const SIZE = {
  name: Math.max(FAR_MM / LETTERED.capital, (NEAR_MM * EASE_SMALL) / LETTERED.small),
  /** Figures of the lettered face are as low as its small letters: times are in a plain one. */
  time: FAR_MM / PLAIN.capital,
  what: NEAR_MM / PLAIN.capital,
} as const
