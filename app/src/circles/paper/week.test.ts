import { describe, expect, it } from 'vitest'
import type { Row } from '../../sync'
import { derived } from '../../sync/effects/derived'
import { inLines } from './drawn'
import { FAR_MM, letterMm, NEAR_MM, SIZE } from './sight'
import { entriesOf, helpersOf, inSheets, mondayOf, openOf } from './week'

const ZONE = 'Europe/London'
const slot = (id: string, start: string, more: object = {}, item: object = {}): Row => ({ id, circle: 'c', kind: 'walk', start: 'home', end: 'the salon', status: 'on', schedule: [{ start, minutes: 60, zone: ZONE, rrule: 'FREQ=WEEKLY', ...item }], ...more })
const turn = (slot: string, key: string, name: string, status = 'taken'): Row => ({ id: derived('turn', slot, key), circle: 'c', slot, occurrence: key, helper: 'h', helperName: name, status })
const rowsOf = (all: Record<string, Row[]>) => (collection: string) => new Map((all[collection] ?? []).map((row) => [row.id, row]))

describe('the week on paper', () => {
  const rows = rowsOf({
    slots: [slot('thu', '2026-11-26T10:30'), slot('mon', '2026-11-23T15:00', {}, { changes: [{ from: '2026-11-23T15:00', cancelled: true }] }), slot('old', '2026-11-24T09:00', { status: 'over' }), slot('other', '2026-11-24T09:00', { circle: 'd' })],
    turns: [turn('thu', '2026-11-26T10:30', 'Samira'), turn('thu', '2026-12-03T10:30', 'Femi', 'free')],
  })

  it('has what is planned from Monday to Sunday in its order, what is off too, and of this circle alone', () => {
    expect(mondayOf('2026-11-26')).toBe('2026-11-23')
    expect(mondayOf('2026-11-29')).toBe('2026-11-23')
    expect(mondayOf('2026-11-30')).toBe('2026-11-30')
    expect(entriesOf(rows, 'c', '2026-11-23', 7, ZONE).map(({ slot, who, when }) => [slot, who, when.cancelled])).toEqual([['mon', '', true], ['thu', 'Samira', false]])
  })

  it('names nobody who has given their turn back', () => {
    expect(entriesOf(rows, 'c', '2026-11-30', 7, ZONE).map(({ slot, who }) => [slot, who])).toEqual([['mon', ''], ['thu', '']])
  })

  it('counts a week across a clock change by the community’s days', () => {
    const nights = rowsOf({ slots: [slot('late', '2026-10-25T23:30')] })
    expect(entriesOf(nights, 'c', '2026-10-19', 7, ZONE)).toHaveLength(1)
    expect(entriesOf(nights, 'c', '2026-10-26', 6, ZONE)).toHaveLength(0)
  })

  it('asks round for turns that nobody has, not for what is off', () => {
    expect(openOf(entriesOf(rows, 'c', '2026-11-23', 14, ZONE)).map(({ when }) => when.key)).toEqual(['2026-11-30T15:00', '2026-12-03T10:30'])
  })

  it('has who is in, those first who are rather asked', () => {
    const helpers = rowsOf({
      circleHelpers: [{ id: 'a', circle: 'c', firstName: 'Ana', status: 'in' }, { id: 'z', circle: 'c', firstName: 'Zac', status: 'in' }, { id: 'o', circle: 'c', firstName: 'Olu', status: 'over' }, { id: 'd', circle: 'd', firstName: 'Dee', status: 'in' }],
      circleWishes: [{ id: 'w', circle: 'c', helper: 'z', wish: 'preferred' }],
    })
    expect(helpersOf(helpers, 'c').map(({ name }) => name)).toEqual(['Zac', 'Ana'])
  })

  it('is on as few sheets as it fits on, filled alike', () => {
    expect([0, 6, 7, 13].map((count) => inSheets(Array.from({ length: count }), 6).map((part) => part.length))).toEqual([[0], [6], [4, 3], [5, 5, 3]])
  })
})

describe('letters on paper', () => {
  it('are as large as somebody of 85 needs them at two metres', () => {
    expect(letterMm(6, 1), 'the line 6/6 of an eye chart: 8.7 mm at six metres').toBeCloseTo(8.73, 2)
    expect(FAR_MM).toBeCloseTo(11.64, 2)
    expect(NEAR_MM).toBeCloseTo(5.82, 2)
    expect(Object.values(SIZE).map((size) => Number(size.toFixed(1))), 'names, times, what it is').toEqual([16.3, 16.2, 8.1])
  })

  it('are broken into lines that fit, and say when there was more', () => {
    expect(inLines('To the salon on Rye Lane', 10, 80, 2)).toEqual(['To the salon', 'on Rye Lane'])
    expect(inLines('one two three four five', 10, 50, 2)).toEqual(['one two', 'three…'])
    expect(inLines('Llanfairpwllgwyngyll', 10, 50, 2)).toEqual(['Llanfair…'])
    expect(inLines('', 10, 50, 2)).toEqual([])
  })
})
