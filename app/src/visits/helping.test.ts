import { describe, expect, it } from 'vitest'
import type { Entry, Row } from '../sync'
import { derived } from '../sync/effects/derived'
import { helpingOf } from './helping'

const ZONE = 'Europe/London'
const THURSDAY = '2026-12-03T10:30'
const NEXT = '2026-12-10T10:30'
const NOW = Date.parse('2026-12-02T09:00Z')
const turn = (occurrence: string, more: Partial<Row> = {}): Row => ({ id: derived('turn', 'slot', occurrence), circle: 'c', slot: 'slot', occurrence, helper: 'h1', status: 'taken', ...more })
const ask = (id: string, day: string, part: string): Row => ({ id, day, part, kind: 'lunch', firstName: 'Maya', words: 'Soup', status: 'settled' })

interface Held {
  turns?: Row[]
  asks?: Row[]
  replies?: Row[]
  outbox?: Partial<Entry>[]
  acting?: boolean
}

/** Of Femi, who is a helper of one circle and whose replies all are his. */
function helping({ outbox = [], acting = false, ...more }: Held) {
  const all: Record<string, Row[]> = {
    circles: [{ id: 'c', personName: 'Ada' }], circleHelpers: [{ id: 'h1', circle: 'c', status: 'in' }, { id: 'h2', circle: 'c', status: 'in' }],
    slots: [{ id: 'slot', circle: 'c', kind: 'walk', start: 'home', end: 'the salon', status: 'on', schedule: [{ start: THURSDAY, minutes: 90, zone: ZONE, rrule: 'FREQ=WEEKLY;BYDAY=TH' }] }],
    ...more,
  }
  const rows = (collection: string) => new Map((all[collection] ?? []).map((row) => [row.id as string, row]))
  const holders = (collection: string, id: string) => (id === 'h1' || collection === 'replies' ? ['member/femi'] : ['circle/c'])
  return helpingOf({ turns: { rows, holders, who: 'femi' }, board: { rows, holders, me: 'femi' }, acting, outbox: outbox as Entry[], now: NOW, zone: ZONE })
}

describe('where somebody helps', () => {
  it('is every turn that is theirs, the next first, with when and what; not those of others', () => {
    const all = helping({ turns: [turn(NEXT), turn(THURSDAY), turn('2026-12-17T10:30', { helper: 'h2' })] })
    expect(all.map(({ when, what, more, href }) => ({ when, what, more, href }))).toEqual([
      { when: 'Tomorrow, 10:30am to midday', what: 'A walk there and back, with Ada', more: 'From home to the salon', href: `/day/${turn(THURSDAY).id}` },
      { when: 'Thursday 10 December, 10:30am to midday', what: 'A walk there and back, with Ada', more: 'From home to the salon', href: `/day/${turn(NEXT).id}` },
    ])
  })
  it('is an ask for which they were chosen, in its place among the turns; one that is still open, or over, is no plan', () => {
    const asks = [ask('late', '2026-12-03', 'afternoon'), ask('early', '2026-12-03', 'morning'), ask('open', '2026-12-03', 'any'), ask('past', '2026-12-01', 'any')]
    const replies = asks.map(({ id }): Row => ({ id: `r${id}`, ask: id, status: id === 'open' ? 'offered' : 'chosen' }))
    const all = helping({ turns: [turn(THURSDAY)], asks, replies })
    expect(all.map(({ href }) => href)).toEqual(['/asks/early', `/day/${turn(THURSDAY).id}`, '/asks/late'])
    expect(all[0]).toMatchObject({ when: 'Tomorrow, in the morning', what: 'Lunch together, with Maya', more: '“Soup”' })
  })
  it('says of a yes that nobody knows of yet that it waits, and of no other', () => {
    const outbox = [{ name: 'turns.take', state: 'waiting' as const, args: { slot: 'slot', occurrence: NEXT } }]
    expect(helping({ turns: [turn(THURSDAY), turn(NEXT)], outbox }).map(({ waits }) => waits)).toEqual([false, true])
  })
  it('leads whoever acts for them to the circle: the day of a turn is its helper’s alone', () => {
    expect(helping({ turns: [turn(THURSDAY)], acting: true })[0]?.href).toBe('/circles/c')
  })
})
