import { describe, expect, it } from 'vitest'
import { concernOf, mustRing, queueOf, toneOf, type Concern } from './queue'

const LONDON = 'Europe/London'
const PATIENCE = { amberDays: 1, redDays: 2 }
const tone = (received: string, now: string, patience = PATIENCE) => toneOf(Date.parse(received), patience, Date.parse(now), LONDON)

describe('how pressing a concern is that nobody has taken', () => {
  it.each([
    ['it has just come', '2026-11-25T15:00:00Z', '2026-11-25T15:40:00Z', 'calm'],
    ['a minute before a working day is over', '2026-11-25T15:00:00Z', '2026-11-26T14:59:00Z', 'calm'],
    ['a working day is over', '2026-11-25T15:00:00Z', '2026-11-26T15:00:00Z', 'amber'],
    ['two are over', '2026-11-25T15:00:00Z', '2026-11-27T15:00:00Z', 'red'],
    ['a weekend lies between', '2026-11-27T15:00:00Z', '2026-11-29T23:00:00Z', 'calm'],
    ['Monday counts again', '2026-11-27T15:00:00Z', '2026-11-30T15:00:00Z', 'amber'],
    ['Christmas and Boxing Day in lieu are no working days', '2026-12-24T15:00:00Z', '2026-12-28T23:00:00Z', 'calm'],
    ['the day after them is one', '2026-12-24T15:00:00Z', '2026-12-29T15:00:00Z', 'amber'],
    ['over Easter and the change to summer time: the clock on the wall counts', '2027-03-25T15:00:00Z', '2027-03-30T14:00:00Z', 'amber'],
    ['over the change to winter time', '2026-10-23T14:00:00Z', '2026-10-26T14:30:00Z', 'calm'],
    ['and when that is over', '2026-10-23T14:00:00Z', '2026-10-26T15:00:00Z', 'amber'],
  ])('%s', (_, received, now, expected) => {
    expect(tone(received, now)).toBe(expected)
  })

  it('is as patient as the community has set', () => {
    expect(tone('2026-11-23T09:00:00Z', '2026-11-25T10:00:00Z', { amberDays: 3, redDays: 5 })).toBe('calm')
    expect(tone('2026-11-23T09:00:00Z', '2026-11-26T10:00:00Z', { amberDays: 3, redDays: 5 })).toBe('amber')
  })
})

const NOW = Date.parse('2026-11-25T15:30:00Z')
const row = (id: string, columns: object = {}) => ({ id, urgency: 'normal', area: 'Nunhead', received: '2026-11-25 12:00:00.000Z', state: 'new', lead: false, assignee: '', escalated: 0, ...columns })
const all = (...rows: ReturnType<typeof row>[]) => rows.flatMap((one) => concernOf(one, PATIENCE, NOW, LONDON, one.id === 'written') ?? []) as Concern[]
const ids = (list: Concern[]) => list.map(({ id }) => id)

describe('the queue', () => {
  const list = all(
    row('old', { received: '2026-11-20 12:00:00.000Z' }),
    row('mine', { state: 'assigned', assignee: 'imani' }),
    row('urgent', { urgency: 'urgent' }),
    row('raised', { urgency: 'urgent', escalated: 2, received: '2026-11-25 14:00:00.000Z' }),
    row('taken', { urgency: 'urgent', escalated: 2, state: 'assigned', assignee: 'tom' }),
    row('done', { state: 'closed', assignee: 'imani', closedOn: '2026-11-24', outcome: 'helped' }),
    row('doneNow', { state: 'closed', closedOn: '2026-11-25', outcome: 'declined' }),
  )

  it('has what was raised first, then what is urgent, then what waits for longest', () => {
    expect(ids(queueOf(list, 'open', 'imani'))).toEqual(['raised', 'taken', 'urgent', 'old', 'mine'])
  })

  it('can be told to show mine, nobody’s, and what is closed', () => {
    expect(ids(queueOf(list, 'mine', 'imani'))).toEqual(['mine'])
    expect(ids(queueOf(list, 'nobody', 'imani'))).toEqual(['raised', 'urgent', 'old'])
    expect(ids(queueOf(list, 'closed', 'imani'))).toEqual(['doneNow', 'done'])
  })

  it.each([
    ['taken just now', row('a', { state: 'assigned', assignee: 'tom' }), 'calm'],
    ['taken, and nothing written down for a day', row('a', { state: 'assigned', assignee: 'tom', received: '2026-11-24 12:00:00.000Z' }), 'amber'],
    ['taken long ago, and nothing written down', row('a', { state: 'assigned', assignee: 'tom', received: '2026-11-02 12:00:00.000Z' }), 'red'],
    ['taken long ago, and something was done', row('written', { state: 'assigned', assignee: 'tom', received: '2026-11-02 12:00:00.000Z' }), 'calm'],
    ['given back after something was done', row('written', { received: '2026-11-02 12:00:00.000Z' }), 'red'],
    ['closed', row('a', { state: 'closed', received: '2026-11-02 12:00:00.000Z' }), 'calm'],
  ])('counts from the day it came until somebody has written down what they did: %s', (_, one, expected) => {
    expect(all(one)[0]?.tone).toBe(expected)
  })

  it('has what waits before what is in hand, also where that is urgent or older', () => {
    const taken = all(row('written', { state: 'assigned', assignee: 'tom', urgency: 'urgent', received: '2026-11-02 12:00:00.000Z' }), row('new'), row('untouched', { state: 'assigned', assignee: 'tom', received: '2026-11-24 12:00:00.000Z' }))
    expect(ids(queueOf(taken, 'open', 'imani'))).toEqual(['untouched', 'new', 'written'])
  })

  it('has nothing of a concern whose days are over, or that was withdrawn', () => {
    expect(all(row('a', { received: '' }), row('b', { state: 'withdrawn' }))).toEqual([])
  })

  it('says that somebody must be rung only while nobody has taken what was raised', () => {
    expect(mustRing(list)).toBe(true)
    expect(mustRing(list.filter(({ id }) => id !== 'raised'))).toBe(false)
  })
})
