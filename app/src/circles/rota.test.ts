import { describe, expect, it } from 'vitest'
import type { Row } from '../sync'
import { derived } from '../sync/effects/derived'
import { peopleOf } from './people'
import { askedOf, askingOf, byDay, mineOf, nextFree, others, partIn, rotaOf, standingBy, standsBy, type Held } from './rota'

const ZONE = 'Europe/London'
const at = (local: string) => Date.parse(`${local}Z`)
const NOW = at('2026-06-01T09:00')
const DAY = 86_400_000

/** Each row with the names that it is held under. */
type Kept = Record<string, [Row, ...string[]][]>

function phone(who: string, kept: Kept): Held {
  const rows = new Map(Object.entries(kept).map(([collection, all]) => [collection, new Map(all.map(([row]) => [row.id, row]))]))
  return {
    who,
    rows: (collection) => rows.get(collection) ?? new Map(),
    holders: (collection, id) => kept[collection]?.find(([row]) => row.id === id)?.slice(1) as string[] ?? [],
  }
}

const thursdays: Row = {
  id: 'walk', circle: 'ada', kind: 'walk', start: 'home', end: 'the salon', note: '', status: 'on',
  schedule: [{ start: '2026-06-04T10:30', minutes: 90, zone: ZONE, rrule: 'FREQ=WEEKLY;BYDAY=TH', changes: [{ from: '2026-06-11T10:30', cancelled: true }, { from: '2026-06-18T10:30', start: '2026-06-19T14:00' }] }],
}
const circle: Row = { id: 'ada', name: 'Thursdays with Ada', status: 'open' }
const turn = (occurrence: string, helper: string, helperName: string, more: Partial<Row> = {}): Row => ({ id: `t${occurrence}`, circle: 'ada', slot: 'walk', occurrence, helper, helperName, every: false, status: helper ? 'taken' : 'free', ...more })
const helper = (id: string, firstName: string, status = 'in'): Row => ({ id, circle: 'ada', firstName, status, safety: 'known' })

const CIRCLE = 'circle/ada'
/** Of Maya, who helps. */
const mayas: Kept = {
  circles: [[circle, CIRCLE]],
  circleHelpers: [[helper('h1', 'Maya'), 'member/maya']],
  slots: [[thursdays, CIRCLE], [{ ...thursdays, id: 'gone', status: 'over' }, CIRCLE], [{ ...thursdays, id: 'others', circle: 'bea' }, 'circle/bea']],
  turns: [[turn('2026-06-04T10:30', 'h2', 'Femi', { every: true }), CIRCLE], [turn('2026-06-25T10:30', 'h1', 'Maya'), CIRCLE], [turn('2026-07-02T10:30', '', ''), CIRCLE]],
  standbys: [[{ id: 's', circle: 'ada', slot: 'walk', occurrence: '2026-06-04T10:30', helper: 'h1', firstName: 'Maya' }, 'member/maya']],
}

describe('the rota of a circle', () => {
  const turns = rotaOf(phone('maya', mayas), 'ada', NOW, NOW + 32 * DAY)

  it('has each turn once, in order, with whose it is; what is over or of another circle isn’t there', () => {
    expect(turns.map(({ occurrence, state, name }) => [occurrence.slice(5, 10), state, name])).toEqual([
      ['06-04', 'taken', 'Femi'], ['06-11', 'off', ''], ['06-18', 'free', ''], ['06-25', 'mine', 'Maya'], ['07-02', 'free', ''],
    ])
    expect(turns.map(({ every, moved }) => [every, moved])).toEqual([[true, false], [false, false], [false, true], [false, false], [false, false]])
  })

  it('names a turn as the server will, also one that nobody has', () => {
    expect([turns[0]?.id, turns[2]?.id]).toEqual(['t2026-06-04T10:30', derived('turn', 'walk', '2026-06-18T10:30')])
  })

  it('offers the next that is free, moved to when it will be', () => {
    const free = nextFree(turns, NOW)
    expect([free?.occurrence, free?.start]).toEqual(['2026-06-18T10:30', at('2026-06-19T13:00')])
    expect(nextFree(turns, at('2026-07-02T09:30'))).toBeUndefined()
  })

  it('keeps its hour when the clocks change', () => {
    const autumn = rotaOf(phone('maya', mayas), 'ada', at('2026-10-20T00:00'), at('2026-10-31T00:00'))
    expect(autumn.map(({ start }) => start)).toEqual([at('2026-10-22T09:30'), at('2026-10-29T10:30')])
  })

  it('stands by day', () => {
    expect(byDay(turns.slice(0, 2), (start) => new Date(start).toISOString().slice(0, 10)).map(([day, all]) => [day, all.length])).toEqual([['2026-06-04', 1], ['2026-06-11', 1]])
  })

  it('says whether one stands by, and to those who keep it in order who does', () => {
    expect(turns.map((one) => standsBy(phone('maya', mayas), one))).toEqual([true, false, false, false, false])
    const others = { ...mayas, standbys: [[mayas.standbys![0]![0], 'organise/ada']] } as Kept
    expect([standsBy(phone('olga', others), turns[0]!), standingBy(phone('olga', others), turns[0]!)]).toEqual([false, ['Maya']])
  })
})

describe('who somebody is in a circle', () => {
  it('follows from the names that rows are held under', () => {
    expect(partIn(phone('maya', mayas), 'ada')).toMatchObject({ person: false, organiser: false, runs: false, helps: true })
    expect(partIn(phone('olga', { circles: [[circle, CIRCLE, 'organise/ada']] }), 'ada')).toMatchObject({ organiser: true, runs: true, helps: false })
    expect(partIn(phone('ada', { circles: [[circle, 'member/ada']] }), 'ada')).toMatchObject({ person: true, organiser: false, runs: true })
  })

  it('is the person’s for whoever acts for them, and nothing of one’s own', () => {
    const acting: Kept = { ...mayas, circles: [[circle, 'helped/ada', CIRCLE]] }
    expect(partIn(phone('ada', acting), 'ada')).toMatchObject({ person: true, runs: true, helps: false, helper: undefined })
    expect(rotaOf(phone('ada', acting), 'ada', NOW, NOW + 32 * DAY).map(({ state }) => state)).not.toContain('mine')
  })

  it('is no helper while they have only asked, or are one no longer', () => {
    for (const status of ['asked', 'over']) expect(partIn(phone('maya', { ...mayas, circleHelpers: [[helper('h1', 'Maya', status), 'member/maya']] }), 'ada').helps).toBe(false)
    const again: Kept = { ...mayas, circleHelpers: [[helper('h0', 'Maya', 'over'), 'member/maya'], [helper('h1', 'Maya'), 'member/maya']] }
    expect(partIn(phone('maya', again), 'ada').helper?.id).toBe('h1')
  })
})

describe('swaps', () => {
  const swap = (id: string, to: string, status = 'asked'): [Row, string] => [{ id, circle: 'ada', slot: 'walk', occurrence: '2026-06-25T10:30', helper: to, fromName: 'Maya', toName: 'Femi', status }, 'member/maya']

  it('can be asked of whoever is on the rota, and of all helpers by those who keep it in order', () => {
    expect(others(phone('maya', mayas), 'ada')).toEqual([{ id: 'h2', name: 'Femi' }])
    const organiser: Kept = { ...mayas, circleHelpers: [[helper('h1', 'Maya'), 'organise/ada'], [helper('h2', 'Femi', 'over'), 'organise/ada'], [helper('h3', 'Bo'), 'organise/ada']] }
    expect(others(phone('olga', organiser), 'ada').map(({ name }) => name)).toEqual(['Bo', 'Maya'])
  })

  it('wait for the answer of whom they were asked of', () => {
    const mine = phone('maya', { ...mayas, swaps: [swap('a', 'h1'), swap('b', 'h2'), swap('c', 'h1', 'no')] })
    expect(askedOf(mine, 'ada').map(({ id }) => id)).toEqual(['a'])
    expect(askedOf(mine, 'bea')).toEqual([])
    expect(askingOf(mine, rotaOf(mine, 'ada', NOW, NOW + 32 * DAY)[3]!)?.id).toBe('b')
  })
})

describe('all circles of somebody', () => {
  it('say what waits for them, what is free and when they are next; those that are over come last', () => {
    const kept: Kept = { ...mayas, circles: [[{ ...circle, id: 'old', name: 'A circle', status: 'closed' }, 'organise/old'], [circle, CIRCLE]] }
    const [first, second] = mineOf(phone('maya', kept), NOW)
    expect([first?.circle.id, first?.free, first?.next?.occurrence, first?.todo, second?.circle.id, second?.free]).toEqual(['ada', 1, '2026-06-25T10:30', 0, 'old', 0])
  })

  it('tell one with nothing in it from one of which every turn is taken', () => {
    const [bare] = mineOf(phone('maya', { ...mayas, slots: [] }), NOW)
    expect([bare?.on, bare?.free]).toEqual([0, 0])
    expect(mineOf(phone('maya', mayas), NOW)[0]?.on).toBeGreaterThan(0)
  })

  it('count who waits to be let in for those who keep it in order alone', () => {
    const asked: [Row, string] = [helper('h9', 'Zoe', 'asked'), 'organise/ada']
    expect(mineOf(phone('olga', { ...mayas, circles: [[circle, 'organise/ada']], circleHelpers: [asked] }), NOW)[0]?.todo).toBe(1)
    expect(mineOf(phone('zoe', { circles: [[circle, CIRCLE]], circleHelpers: [[helper('h9', 'Zoe', 'asked'), 'member/zoe']] }), NOW)[0]?.todo).toBe(0)
  })
})

describe('who helps', () => {
  it('stands by how they are in; who is kept away stands apart, whatever became of them', () => {
    const wish = (of: string, kind: string): [Row] => [{ id: `w${of}`, circle: 'ada', helper: of, wish: kind }]
    const held = phone('olga', {
      circleHelpers: [[helper('h1', 'Maya')], [helper('h2', 'Bo')], [helper('h3', 'Femi', 'asked')], [helper('h4', 'Dot', 'over')], [helper('h5', 'Sid', 'over')]],
      circleWishes: [wish('h1', 'preferred'), wish('h4', 'blocked')],
      organisers: [[{ id: 'x', circle: 'ada', firstName: 'Olga' }], [{ id: derived('organiser', 'ada', 'h2'), circle: 'ada', firstName: 'Bo' }]],
    })
    const people = peopleOf(held.rows, 'ada')
    expect(people.in.map(({ name, preferred, organises }) => [name, preferred, organises])).toEqual([['Bo', false, true], ['Maya', true, false]])
    expect(people.organisers.map(({ helps }) => helps), 'whoever doesn’t help can be taken off here alone').toEqual([true, false])
    expect([people.asked, people.away, people.organisers].map((all) => all.map(({ name }) => name))).toEqual([['Femi'], ['Dot'], ['Bo', 'Olga']])
  })
})
