import { describe, expect, it } from 'vitest'
import type { Row } from '../../sync'
import { derived } from '../../sync/effects/derived'
import type { Held } from '../rota'
import { goingsOf, isSayable, nextStep, opensAt, ownTurns, reachOf, turnOf } from './day'

const ZONE = 'Europe/London'
const KEY = '2026-12-03T10:30'
const TURN = derived('turn', 'slot', KEY)
const at = (text: string) => Date.parse(`${text}Z`)

const slot = (more: object = {}): Row => ({ id: 'slot', circle: 'c', kind: 'walk', start: 'home', end: 'the salon on Rye Lane', note: '', status: 'on', schedule: [{ start: KEY, minutes: 90, zone: ZONE, rrule: 'FREQ=WEEKLY' }], ...more })

function holding(more: Record<string, Row[]> = {}): Held {
  const all: Record<string, Row[]> = {
    circles: [{ id: 'c', personName: 'Mrs A' }], slots: [slot()], circleHelpers: [{ id: 'h1', circle: 'c' }, { id: 'h2', circle: 'c' }],
    turns: [{ id: TURN, circle: 'c', slot: 'slot', occurrence: KEY, helper: 'h1', status: 'taken' }], ...more,
  }
  return {
    rows: (collection) => new Map((all[collection] ?? []).map((row) => [row.id, row])),
    // An organiser holds the rows of all helpers, and their own under one more name.
    holders: (collection, id) => (collection === 'circleHelpers' ? ['organise/c', ...(id === 'h1' ? ['member/maya'] : [])] : ['circle/c']),
    who: 'maya',
  }
}
const turn = (more?: Record<string, Row[]>) => turnOf(holding(more), TURN)!

describe('a turn for its helper', () => {
  it('is their own, while it is', () => {
    expect(turn()).toMatchObject({ person: 'Mrs A', kind: 'walk', end: 'the salon on Rye Lane', step: '' })
    expect(turnOf(holding({ turns: [{ id: TURN, circle: 'c', slot: 'slot', occurrence: KEY, helper: 'h2', status: 'taken' }] }), TURN)).toBeUndefined()
    expect(turnOf(holding({ turns: [{ id: TURN, circle: 'c', slot: 'slot', occurrence: KEY, helper: 'h1', status: 'free' }] }), TURN)).toBeUndefined()
    expect(turnOf(holding(), 'another')).toBeUndefined()
  })

  it('is on no longer once the slot has ended, or isn’t here', () => {
    expect(turn({ slots: [slot({ status: 'over' })] }).when).toBeUndefined()
    expect(reachOf(turn({ slots: [] }), at('2026-12-03T11:00'), ZONE)).toBe('off')
  })

  it('stands in the list until nothing can be said of it any more, the next first', () => {
    const later = derived('turn', 'slot', '2026-12-10T10:30')
    const held = holding({ turns: [{ id: later, circle: 'c', slot: 'slot', occurrence: '2026-12-10T10:30', helper: 'h1', status: 'taken' }, { id: TURN, circle: 'c', slot: 'slot', occurrence: KEY, helper: 'h1', status: 'taken' }] })
    expect(ownTurns(held, at('2026-12-01T10:00')).map(({ id }) => id)).toEqual([TURN, later])
    expect(ownTurns(held, at('2026-12-03T18:01')).map(({ id }) => id)).toEqual([later])
  })
})

describe('the address', () => {
  const row = (until: string): Row => ({ id: derived('address', TURN), address: '7 Elm Row', until })

  it('comes at six o’clock of the evening before, by the community’s clock, also when it changes in that night', () => {
    expect(opensAt(turn().when!, ZONE)).toBe(at('2026-12-02T18:00'))
    const spring = turn({ slots: [slot({ schedule: [{ start: '2027-03-28T10:30', minutes: 90, zone: ZONE }] })], turns: [{ id: TURN, circle: 'c', slot: 'slot', occurrence: '2027-03-28T10:30', helper: 'h1', status: 'taken' }] })
    expect(opensAt(spring.when!, ZONE), '18:00 GMT; it begins at 10:30 BST').toBe(at('2027-03-27T18:00'))
    expect(spring.when!.start).toBe(at('2027-03-28T09:30'))
  })

  it('follows a turn that was moved to another day', () => {
    const moved = turn({ slots: [slot({ schedule: [{ start: KEY, minutes: 90, zone: ZONE, rrule: 'FREQ=WEEKLY', changes: [{ from: KEY, start: '2026-12-05T15:00' }] }] })] })
    expect(opensAt(moved.when!, ZONE)).toBe(at('2026-12-04T18:00'))
  })

  it('is said to come, to be there, to be on its way and to have gone', () => {
    const held = turn({ addresses: [row('2026-12-03 12:30:00.000Z')] })
    expect(reachOf(turn(), at('2026-12-02T17:59'), ZONE)).toBe('before')
    expect(reachOf(turn(), at('2026-12-02T18:00'), ZONE)).toBe('awaited')
    expect(reachOf(held, at('2026-12-02T18:00'), ZONE)).toBe('shown')
    expect(reachOf(held, at('2026-12-03T12:29'), ZONE), 'they may be late').toBe('shown')
    expect(reachOf(turn({ addresses: [row('2026-12-03 13:00:00.000Z')] }), at('2026-12-03T12:30'), ZONE), 'whatever the phone still holds').toBe('after')
    expect([reachOf(turn(), at('2026-12-03T12:29'), ZONE), reachOf(turn(), at('2026-12-03T12:30'), ZONE)]).toEqual(['awaited', 'after'])
  })

  it('goes an hour after it begins, where nobody knows when it ends', () => {
    const open = turn({ slots: [slot({ schedule: [{ start: KEY, zone: ZONE, rrule: 'FREQ=WEEKLY' }] })], addresses: [row('2026-12-03 11:30:00.000Z')] })
    expect([reachOf(open, at('2026-12-03T11:29'), ZONE), reachOf(open, at('2026-12-03T11:30'), ZONE)]).toEqual(['shown', 'after'])
  })

  it('is never shown of what isn’t on', () => {
    const off = turn({ addresses: [row('2026-12-03 12:00:00.000Z')], slots: [slot({ schedule: [{ start: KEY, minutes: 90, zone: ZONE, rrule: 'FREQ=WEEKLY', changes: [{ from: KEY, cancelled: true }] }] })] })
    expect(reachOf(off, at('2026-12-03T10:00'), ZONE)).toBe('off')
    expect(isSayable(off, at('2026-12-03T10:30'))).toBe(false)
  })
})

describe('what its helper says', () => {
  it('can be said from three hours before until six hours after', () => {
    expect(['07:29', '07:30', '18:00', '18:01'].map((time) => isSayable(turn(), at(`2026-12-03T${time}`)))).toEqual([false, true, true, false])
  })

  it('leads from the way to home safe; no answer leads back to the door', () => {
    expect([nextStep(''), nextStep('onWay'), nextStep('noAnswer'), nextStep('here'), nextStep('home')]).toEqual(['onWay', 'here', 'here', 'home', ''])
    expect(turn({ turnSteps: [{ id: derived('step', TURN), step: 'here' }] }).step).toBe('here')
    expect(turn({ turnSteps: [{ id: derived('step', TURN), step: 'flown' }] }).step).toBe('')
  })
})

describe('for those who keep the circle', () => {
  it('nobody at the door comes first, then what was said last; of today, and of this circle alone', () => {
    const step = (id: string, step: string, time: string, circle = 'c'): Row => ({ id, turn: id, circle, step, at: `${time}:00.000Z` })
    const held = holding({
      turns: [{ id: 'a', helperName: 'Samira' }, { id: 'b', helperName: 'Femi' }],
      turnSteps: [step('a', 'home', '2026-12-03T11:50'), step('b', 'noAnswer', '2026-12-03T10:32'), step('c', 'onWay', '2026-12-02T09:00'), step('d', 'here', '2026-12-03T11:00', 'other'), step('e', 'here', '2026-12-03T12:00')],
    })
    expect(goingsOf(held.rows, 'c', at('2026-12-03T12:30')).map(({ step, name }) => [step, name])).toEqual([['noAnswer', 'Femi'], ['here', ''], ['home', 'Samira']])
  })
})
