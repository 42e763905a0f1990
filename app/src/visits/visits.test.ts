import { describe, expect, it } from 'vitest'
import type { Schedule } from '../calendar'
import type { Entry, Row } from '../sync'
import { visits as words } from '../words/visits'
import { chosenOf, isMovedVisit, isOver, myVisits } from './visits'

const THURSDAY: Schedule = [{ start: '2026-06-04T12:00', minutes: 60, zone: 'Europe/London', rrule: 'FREQ=WEEKLY;BYDAY=TH', changes: [{ from: '2026-06-11T12:00', cancelled: true }, { from: '2026-06-18T12:00', start: '2026-06-19T15:00' }] }]
const row = (id: string, day: string, more: Partial<Row> = {}): Row => ({ id, listing: 'l', occurrence: `2026-06-${day}T12:00`, firstName: 'Rosa', welcome: 'door', status: 'coming', ...more })
const entry = (state: Entry['state'], args: object, name = 'visits.come'): Entry => ({ nonce: 'n', number: 1, name, args, at: '', state })

function visits(rows: Row[], outbox: Entry[] = []) {
  return myVisits({
    rows: new Map(rows.map((one) => [one.id, one])), own: (id) => !id.startsWith('theirs'),
    outbox, schedule: () => THURSDAY,
  })
}

describe('my visits', () => {
  it('are mine alone: a host sees those of others under "Who’s coming"', () => {
    expect(visits([row('a', '04'), row('theirs1', '04')]).map((one) => one.id)).toEqual(['a'])
  })
  it('wait until they have an outcome, then are sent', () => {
    expect(visits([row('a', '04')], [entry('waiting', row('a', '04'))])[0]?.standing).toBe('waiting')
    expect(visits([row('a', '04')])[0]?.standing).toBe('sent')
  })
  it('wait when what was said is being changed under another id', () => {
    expect(visits([row('a', '04')], [entry('sending', { ...row('b', '04'), welcome: 'none' })])[0]?.standing).toBe('waiting')
  })
  it('stand before anybody has joined', () => {
    expect(visits([row('a', '04')], [entry('waiting', row('a', '04'))])).toHaveLength(1)
  })
  it('say when the host called it off, and when the person did', () => {
    expect(visits([row('a', '11'), row('b', '04', { status: 'cancelled' })]).map((one) => one.standing)).toEqual(['cancelled', 'off'])
  })
  it('that were refused stand with the others, though they have no row', () => {
    expect(visits([], [entry('rejected', row('a', '04'))])[0]?.standing).toBe('refused')
  })
  it('know that the occurrence has moved', () => {
    const [moved, stays] = [visits([row('a', '18')])[0], visits([row('b', '04')])[0]]
    expect(moved && isMovedVisit(moved, '2026-06-19T15:00')).toBe(true)
    expect(stays && isMovedVisit(stays, '2026-06-04T12:00')).toBe(false)
  })
  it('are over when it has ended, and not while it is on: who can’t come after all says so until then', () => {
    const [held, unknown] = [visits([row('a', '04')])[0]!, visits([row('b', '05')])[0]!]
    const at = (clock: string) => Date.parse(`2026-06-04T${clock}:00+01:00`)
    expect(['11:59', '12:00', '12:59', '13:00'].map((clock) => isOver(held, at(clock), `2026-06-04T${clock}`))).toEqual([false, false, false, true])
    expect(['2026-06-05T12:00', '2026-06-05T12:01'].map((wall) => isOver(unknown, 0, wall)), 'of which nothing is known but its name').toEqual([false, true])
  })
})

describe('what somebody chose to say', () => {
  it('has every part, whatever an older row, a draft or a command has', () => {
    expect(chosenOf()).toEqual({ firstName: '', welcome: 'none', first: false, say: '', interests: [] })
    expect(chosenOf({ welcome: 'limousine', first: 'yes', interests: 'all', firstName: 'Rosa' } as object)).toEqual({ firstName: 'Rosa', welcome: 'none', first: false, say: '', interests: [] })
    expect(chosenOf({ welcome: 'walk', first: true, say: 'Hello', interests: ['quiz'] })).toEqual({ firstName: '', welcome: 'walk', first: true, say: 'Hello', interests: ['quiz'] })
  })
  it('is read back to them whole before it is sent, and nothing of what they left out', () => {
    expect(words.toldText(chosenOf())).toBe('“Someone new” is coming. Nothing else.')
    expect(words.toldText(chosenOf({ firstName: 'Rosa', welcome: 'walk', first: true, say: 'I am slow on stairs.', interests: ['music', 'quiz'] }))).toBe(
      '“Rosa” is coming and would like somebody to walk with them. It’s the first time. They like music and quizzes. “I am slow on stairs.” Nothing else.',
    )
    expect(words.toldText(chosenOf({ welcome: 'look' }))).toBe('“Someone new” is coming to have a look. Nothing else.')
  })
})
