import { describe, expect, test } from 'vitest'
import { Base } from '../base'
import { learn, overlay } from '../overlay'
import type { Saved } from '../queue'
import { derived } from './derived'

const ME = { member: 'maya', device: 'd', firstName: 'Maya', roles: [] }
const AT = '2026-06-01T09:00:00.000Z'
const FIRST = '2026-06-04T10:30'
const SECOND = '2026-06-11T10:30'
const command = (name: string, args: any, who?: string): Saved => ({ nonce: name, number: 1, name, v: 1, args, at: AT, offset: 0, seen: 0, member: 'maya', sent: false, settled: false, ...(who ? { for: who } : {}) })
const turnOf = (occurrence: string) => derived('turn', 'walk', occurrence)
const CIRCLE = ['circle/ada', 'organise/ada']

await learn()

function after(...commands: Saved[]) {
  const base = new Base()
  const rows: [string, string, any][] = [
    ...CIRCLE.flatMap((aud): [string, string, any][] => [
      [aud, 'circles', { id: 'ada', name: 'Thursdays', status: 'open' }],
      [aud, 'slots', { id: 'walk', circle: 'ada', kind: 'walk', status: 'on', schedule: [{ start: FIRST, minutes: 90, zone: 'Europe/London', rrule: 'FREQ=WEEKLY;BYDAY=TH' }] }],
      [aud, 'turns', { id: turnOf(SECOND), circle: 'ada', slot: 'walk', occurrence: SECOND, helper: 'h2', helperName: 'Femi', every: false, status: 'taken' }],
    ]),
    ['member/maya', 'circleHelpers', { id: 'h1', circle: 'ada', firstName: 'Maya', status: 'in', safety: 'known' }],
    ['organise/ada', 'circleHelpers', { id: 'h2', circle: 'ada', firstName: 'Femi', status: 'in', safety: 'link' }],
    ['member/maya', 'swaps', { id: 's', turn: turnOf(SECOND), circle: 'ada', slot: 'walk', occurrence: SECOND, helper: 'h1', fromName: 'Femi', toName: 'Maya', status: 'asked' }],
    ['organise/ada', 'homes', { id: 'ada', address: 'somewhere' }],
    ['address/x', 'addresses', { id: derived('address', turnOf(SECOND)), turn: turnOf(SECOND), circle: 'ada' }],
  ]
  base.apply(rows.map(([audience, collection, data], index) => ({ row: [audience, collection, data.id, index + 1, data] as any })), new Set())
  const changes = overlay(base, commands, ME)
  return (collection: string, id: string) => changes.get(collection)?.get(id)
}

const first = { slot: 'walk', occurrence: FIRST }
const second = { slot: 'walk', occurrence: SECOND }

describe('a turn shows at once', () => {
  test('as one’s own when it was nobody’s, to everybody who holds what it is of', () => {
    expect(after(command('turns.take', first))('turns', turnOf(FIRST))).toEqual({
      row: { id: turnOf(FIRST), circle: 'ada', slot: 'walk', occurrence: FIRST, helper: 'h1', helperName: 'Maya', every: false, status: 'taken' }, auds: CIRCLE,
    })
  })

  test('as whose it is when somebody has it: whoever was told that it is theirs keeps it', () => {
    expect(after(command('turns.take', second))('turns', turnOf(SECOND))).toBeUndefined()
    expect(after(command('turns.take', first, 'somebody else'))('turns', turnOf(FIRST))).toBeUndefined()
  })

  test('as free once it is given back, and the address goes with it', () => {
    const found = after(command('turns.drop', second))
    expect([found('turns', turnOf(SECOND))?.row.status, found('turns', turnOf(SECOND))?.row.helper, found('addresses', derived('address', turnOf(SECOND)))]).toEqual(['free', '', null])
  })

  test('stood by for: their own, until they say otherwise; and theirs at once where it is nobody’s', () => {
    const id = derived('standby', turnOf(SECOND), 'h1')
    expect(after(command('turns.standby', second))('standbys', id)).toMatchObject({ row: { helper: 'h1', firstName: 'Maya', occurrence: SECOND }, auds: ['member/maya'] })
    expect(after(command('turns.standby', second), command('turns.unstandby', second))('standbys', id)).toBeNull()
    expect(after(command('turns.standby', first))('turns', turnOf(FIRST))?.row.helper).toBe('h1')
  })

  test('written down for whom an organiser rang, or for nobody', () => {
    expect(after(command('turns.assign', { ...first, helper: 'h2' }))('turns', turnOf(FIRST))?.row).toMatchObject({ helper: 'h2', helperName: 'Femi', status: 'taken' })
    expect(after(command('turns.assign', { ...second, helper: '' }))('turns', turnOf(SECOND))?.row.status).toBe('free')
  })

  test('passed on when whoever was asked says yes', () => {
    expect(after(command('swaps.yes', { id: 's' }))('turns', turnOf(SECOND))?.row).toMatchObject({ helper: 'h1', helperName: 'Maya' })
    expect(after(command('swaps.no', { id: 's' }))('swaps', 's')?.row.status).toBe('no')
    expect(after(command('turns.take', first), command('turns.swap', { id: 'n', ...first, helper: 'h2' }))('swaps', 'n')?.row).toMatchObject({ fromName: 'Maya', toName: 'Femi', helper: 'h2', status: 'asked', occurrence: FIRST })
  })

  test('every time: those ahead that nobody has, and each fourth left open; its end frees what isn’t near', () => {
    const every = command('turns.every', { slot: 'walk' })
    const found = after(every)
    const taken = ['2026-06-04', '2026-06-11', '2026-06-18', '2026-06-25', '2026-07-02'].map((day) => found('turns', turnOf(`${day}T10:30`))?.row.every)
    expect(taken).toEqual([true, undefined, true, undefined, true])
    expect(found('everies', derived('every', 'walk'))?.row).toMatchObject({ helper: 'h1', helperName: 'Maya', since: '2026-06-01' })
    const ended = after(every, command('turns.endEvery', { slot: 'walk' }))
    expect([ended('everies', derived('every', 'walk')), ended('turns', turnOf(FIRST))?.row.status, ended('turns', turnOf('2026-06-18T10:30'))?.row.status]).toEqual([null, 'taken', 'free'])
  })

  test('with how far one is, and without it once that is taken back', () => {
    const step = derived('step', turnOf(FIRST))
    expect(after(command('turns.step', { ...first, step: 'onWay' }))('turnSteps', step)?.row).toMatchObject({ turn: turnOf(FIRST), circle: 'ada', step: 'onWay', at: AT })
    expect(after(command('turns.step', { ...first, step: '' }))('turnSteps', step)).toBeNull()
  })
})

describe('a circle shows at once', () => {
  test('around the person for whom it was started, and is kept in order by who did', () => {
    expect(after(command('circles.start', { id: 'n', name: 'Mondays', personName: 'Bea', words: '', requires: 'dbs' }, 'bea'))('circles', 'n')).toEqual({
      row: { id: 'n', name: 'Mondays', personName: 'Bea', words: '', requires: 'dbs', status: 'open' }, auds: ['member/bea', 'organise/n'],
    })
    expect(after(command('circles.edit', { id: 'ada', name: 'New' }))('circles', 'ada')?.row).toMatchObject({ name: 'New', status: 'open' })
  })

  test('over, and the home with it', () => {
    const found = after(command('circles.close', { id: 'ada' }))
    expect([found('circles', 'ada')?.row.status, found('homes', 'ada')]).toEqual(['closed', null])
  })

  test('with a home that no helper holds', () => {
    expect(after(command('homes.set', { circle: 'ada', address: '1 Copeland Road' }))('homes', 'ada')).toEqual({ row: { id: 'ada', address: '1 Copeland Road', door: '', ringName: '', ringPhone: '' }, auds: ['organise/ada'] })
  })

  test('with what helps, moved, off, and over; who has a turn that is off has it no longer', () => {
    const add = after(command('slots.add', { id: 'tea', circle: 'ada', kind: 'company', start: 'home', end: '', schedule: [], note: '' }))
    expect(add('slots', 'tea')).toMatchObject({ row: { kind: 'company', status: 'on' }, auds: CIRCLE })
    const off = after(command('slots.change', { id: 'walk', occurrence: SECOND, cancelled: true }))
    expect(off('slots', 'walk')?.row.schedule[0].changes).toEqual([{ from: SECOND, cancelled: true }])
    expect(off('turns', turnOf(SECOND))?.row.status).toBe('free')
    const moved = after(command('slots.change', { id: 'walk', occurrence: SECOND, start: '2026-06-12T14:00', minutes: 60 }))
    expect([moved('slots', 'walk')?.row.schedule[0].changes, moved('turns', turnOf(SECOND))]).toEqual([[{ from: SECOND, start: '2026-06-12T14:00', minutes: 60 }], undefined])
    expect(after(command('slots.end', { id: 'walk' }))('slots', 'walk')?.row.status).toBe('over')
  })

  test('with who helps: whoever is taken off, leaves or is kept away has no turn', () => {
    for (const name of ['circleHelpers.remove', 'circleHelpers.leave', 'circleHelpers.block']) {
      const found = after(command(name, { id: 'h2' }))
      expect([found('circleHelpers', 'h2')?.row.status, found('turns', turnOf(SECOND))?.row.helper]).toEqual(['over', ''])
    }
    expect(after(command('circleHelpers.admit', { id: 'h2' }))('circleHelpers', 'h2')?.row.status).toBe('in')
    expect(after(command('circles.share', { circle: 'ada', helper: 'h2' }))('organisers', derived('organiser', 'ada', 'h2'))?.row.firstName).toBe('Femi')
  })

  test('a wish is held by those who keep it in order, and never by the circle', () => {
    const id = derived('wish', 'ada', 'h2')
    expect(after(command('circleHelpers.block', { id: 'h2' }))('circleWishes', id)).toEqual({ row: { id, circle: 'ada', helper: 'h2', wish: 'blocked' }, auds: ['organise/ada'] })
    expect(after(command('circleHelpers.prefer', { id: 'h2' }), command('circleHelpers.clear', { id: 'h2' }))('circleWishes', id)).toBeNull()
  })
})
