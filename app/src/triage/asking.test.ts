import { describe, expect, it } from 'vitest'
import { askedOf } from './asking'

const asks = (hour: number) => ['askedCoordinator', hour] as const
const spoke = (hour: number) => ['spokeListener', hour] as const
const rang = (hour: number) => ['rang', hour] as const
type Said = readonly [kind: string, hour: number]

const rows = (concern: string, notes: readonly Said[]) => notes.map(([kind, hour], at) => ({ id: `${concern}${at}`, concern, by: 'imani', kind, hour: `2026-11-25T${String(hour).padStart(2, '0')}` }))
const waits = (notes: readonly Said[]) => askedOf(rows('a', notes)).has('a')

describe('a coordinator is asked to speak with whoever passed it on', () => {
  it.each<[string, readonly Said[], boolean]>([
    ['not where nobody asked', [rang(9)], false],
    ['once somebody has', [rang(9), asks(10)], true],
    ['until a coordinator has', [asks(10), spoke(12)], false],
    ['whatever else is done', [asks(10), rang(12)], true],
    ['in the same hour, too', [asks(10), spoke(10)], false],
    ['and anew, when it is asked anew', [asks(10), spoke(12), asks(13)], true],
    ['which two talks in a row don’t answer beforehand', [spoke(9), spoke(10), asks(11)], true],
    ['and one talk answers all that was asked before its hour', [asks(9), asks(10), spoke(11)], false],
    ['asked anew within the hour of the talk, it waits', [asks(10), spoke(10), asks(10)], true],
    ['also where it was asked first in an earlier hour', [asks(9), spoke(10), asks(10)], true],
    ['until the next talk', [asks(9), spoke(10), asks(10), spoke(11)], false],
  ])('%s', (_, notes, expected) => {
    expect(waits(notes)).toBe(expected)
    expect(waits([...notes].reverse()), 'in whichever order the rows come').toBe(expected)
  })

  it('for each concern by itself', () => {
    expect([...askedOf([...rows('a', [asks(9)]), ...rows('b', [asks(9)]), ...rows('b', [spoke(10)]), ...rows('c', [rang(9)])])]).toEqual(['a'])
  })
})
