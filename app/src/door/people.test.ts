import { describe, expect, test } from 'vitest'
import type { Row } from '../sync'
import { derived } from '../sync/effects/derived'
import { countHere, namesakes, peopleOf, registerOf, withName, type Facts } from './people'

const OCCURRENCE = '2026-06-04T12:00'
const REGISTER = derived('register', 'lunch', OCCURRENCE)
const rows = (...all: Row[]) => new Map(all.map((row) => [row.id, row]))
const line = (id: string, firstName: string, more: object = {}): Row => ({ id, listing: 'lunch', firstName, since: '2026-01-08', ended: false, ...more })
const mark = (regular: string, more: object): Row => ({ id: derived('mark', REGISTER, regular), register: REGISTER, listing: 'lunch', regular, state: 'none', first: false, welcomed: false, introduced: '', ...more })
const visit = (id: string, more: object): Row => ({ id, listing: 'lunch', occurrence: OCCURRENCE, status: 'coming', firstName: '', welcome: 'none', regular: '', ...more })

function people(more: Partial<Facts>) {
  return peopleOf({ listing: 'lunch', occurrence: OCCURRENCE, visits: [], regulars: rows(), marks: rows(), registers: rows(), pairings: [], someone: 'Someone new', ...more })
}

describe('who may be at the door', () => {
  test('whoever is new stands first, those to be met before others, then everybody by name', () => {
    const found = people({
      regulars: rows(line('b', 'beryl'), line('a', 'Änne'), line('c', 'Clive')),
      marks: rows(mark('c', { first: true })),
      visits: [visit('v1', {}), visit('v2', { firstName: 'Zed', welcome: 'door' }), visit('v3', { firstName: 'Yan', welcome: 'walk' })],
    })
    expect(found.map(({ name }) => name)).toEqual(['Yan', 'Zed', 'Clive', 'Someone new', 'Änne', 'beryl'])
  })

  test('of a visit there is what they chose to say and no more', () => {
    const [one] = people({ visits: [visit('v', { firstName: 'Stan', welcome: 'walk', say: 'I am slow on stairs.', interests: ['singing'], first: true })] })
    expect(one).toMatchObject({ regular: '', visit: 'v', newcomer: true, welcome: 'walk', say: 'I am slow on stairs.', interests: ['singing'], first: true, state: 'none' })
  })

  test('who has a line and says that they come is there once; only a line of that day is new', () => {
    const known = people({ regulars: rows(line('m', 'Mary')), visits: [visit('v', { firstName: 'Mary', regular: 'm' })] })
    expect(known).toMatchObject([{ key: 'v', regular: 'm', visit: 'v', newcomer: false }])
    const fresh = people({ regulars: rows(line('m', 'Mary', { since: '2026-06-04' })), visits: [visit('v', { firstName: 'Mary', regular: 'm' })] })
    expect(fresh).toMatchObject([{ key: 'v', regular: 'm', newcomer: true }])
  })

  test('other days, other groups, who takes it back and who was taken off are not there; but whoever is ticked is', () => {
    const elsewhere = [visit('v1', { occurrence: '2026-06-11T12:00' }), visit('v2', { listing: 'quiz' }), visit('v3', { status: 'cancelled' })]
    expect(people({ visits: elsewhere, regulars: rows(line('q', 'Quin', { listing: 'quiz' }), line('g', 'Gus', { ended: true })) })).toEqual([])
    expect(people({ regulars: rows(line('g', 'Gus', { ended: true })), marks: rows(mark('g', { state: 'here' })) })).toMatchObject([{ name: 'Gus', state: 'here' }])
  })

  test('a newcomer’s buddy is named, once asked and until it is over', () => {
    const pairing = (more: object): Row => ({ id: 'p', listing: 'lunch', regular: '', visit: '', buddyName: 'Femi', status: 'open', ...more })
    const facts = { regulars: rows(line('m', 'Mary')), visits: [visit('v', { firstName: 'Stan' })] }
    const buddies = (row: Row) => people({ ...facts, pairings: [row] }).map(({ name, buddy }) => [name, buddy])
    expect(buddies(pairing({ regular: 'm' }))).toEqual([['Stan', ''], ['Mary', 'Femi']])
    expect(buddies(pairing({ visit: 'v', status: 'asked' }))).toEqual([['Stan', 'Femi'], ['Mary', '']])
    expect(buddies(pairing({ regular: 'm', status: 'ended' }))).toEqual([['Stan', ''], ['Mary', '']])
  })

  test('the same day at another hour is the same session, unless there are two', () => {
    const register = (id: string, occurrence: string): Row => ({ id, listing: 'lunch', occurrence, state: 'open' })
    const earlier = register('r1', '2026-06-04T11:00')
    expect(registerOf(rows(earlier), 'lunch', OCCURRENCE)).toBe(earlier)
    expect(registerOf(rows(earlier, register('r2', '2026-06-04T18:00')), 'lunch', OCCURRENCE)).toBeUndefined()
    expect(registerOf(rows(earlier, register(REGISTER, OCCURRENCE)), 'lunch', OCCURRENCE)?.id).toBe(REGISTER)
  })

  test('a name is found by its beginning, accents or not; and two of one name are known as such', () => {
    const all = people({ regulars: rows(line('j', 'José Luis'), line('m', 'Mary-Anne'), line('n', 'mary-anne'), line('o', 'Olu')) })
    const found = (typed: string) => withName(all, typed).map(({ regular }) => regular)
    expect([found('jos'), found('LU'), found('an'), found('mary-anne'), found('x'), found(' ').length]).toEqual([['j'], ['j'], ['m', 'n'], ['m', 'n'], [], 4])
    expect(namesakes(all, all.find(({ regular }) => regular === 'm')!).map(({ regular }) => regular)).toEqual(['n'])
    expect(countHere(people({ regulars: rows(line('a', 'A'), line('b', 'B')), marks: rows(mark('a', { state: 'here' }), mark('b', { state: 'away' })) }))).toBe(1)
  })
})
