/** The people of a circle, as those who keep it in order know them. */
import type { Row } from '../sync'
import { derived } from '../sync/effects/derived'
import { circles } from '../words/circles'
import type { Rows, Someone } from './rota'

export interface Person extends Someone {
  /** By what they were let in. */
  safety: string
  /** Told first of a free turn. */
  preferred: boolean
  /** Keeps the circle in order, too. */
  organises: boolean
}

export interface People {
  asked: Person[]
  in: Person[]
  /** Kept away, and not to know it. */
  away: Person[]
  /** `helps`: they are among those who help, too. */
  organisers: (Someone & { helps: boolean })[]
}

const byName = (a: Someone, b: Someone): number => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1)

export function peopleOf(rows: Rows, circle: string): People {
  const here = (collection: string) => [...rows(collection).values()].filter((row) => row.circle === circle)
  const wishes = new Map(here('circleWishes').map((row) => [String(row.helper), String(row.wish)]))
  const helping = new Set(here('circleHelpers').filter((row) => row.status === 'in').map((row) => derived('organiser', circle, row.id)))
  const organisers = here('organisers').map((row) => ({ id: row.id, name: String(row.firstName || circles.somebody), helps: helping.has(row.id) })).sort(byName)
  const keeps = new Set(organisers.map((one) => one.id))
  const person = (row: Row): Person => ({
    id: row.id, name: String(row.firstName || circles.somebody), safety: String(row.safety ?? ''), preferred: wishes.get(row.id) === 'preferred', organises: keeps.has(derived('organiser', circle, row.id)),
  })
  const those = (fits: (row: Row) => boolean) => here('circleHelpers').filter(fits).map(person).sort(byName)
  const isAway = (row: Row) => wishes.get(row.id) === 'blocked'
  return { asked: those((row) => row.status === 'asked' && !isAway(row)), in: those((row) => row.status === 'in' && !isAway(row)), away: those(isAway), organisers }
}
