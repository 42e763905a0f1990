import { describe, expect, it } from 'vitest'
import type { Schedule } from '../calendar'
import type { Row } from '../sync'
import { buildAgenda, buildToday, comingUp, countDays, dayIndex, DAYS_AHEAD, isMoved, isOver, pick, windowFrom } from './agenda'
import { findItems, foldItem, isListed, itemOf, type Item } from './catalogue'
import { chipsOf, loosest } from './chips'
import { countAll } from './counts'
import { NO_FILTERS } from './filters'

const LONDON = 'Europe/London'
const THURSDAY: Schedule = [{ start: '2026-06-04T12:00', minutes: 60, zone: LONDON, rrule: 'FREQ=WEEKLY;BYDAY=TH' }]
const NOW = Date.parse('2026-06-01T09:00Z')

const places = new Map<string, Row>([
  ['hall', { id: 'hall', name: 'All Saints', postcode: 'SE15 4QS', lat: 51.47, lon: -0.06, kind: 'faith', access: ['stepFree'] }],
  ['pub', { id: 'pub', name: 'The Golden Anchor', lat: 51.469, lon: -0.052, kind: 'pub', access: [] }],
])
const item = (id: string, row: Partial<Row> = {}): Item => itemOf({ id, kind: 'group', title: id, place: 'hall', schedule: THURSDAY, prices: { mode: 'free' }, ...row }, places, new Map())
const ids = (items: readonly Item[]) => items.map((one) => one.listing.id)
const find = (items: Item[], filters: object) => findItems(items, { ...NO_FILTERS, ...filters }, null)

describe('what is over', () => {
  const window = windowFrom(NOW, LONDON)
  const once = (start: string) => item(start, { schedule: [{ start, minutes: 60, zone: LONDON }] })
  it('is what had its only day, and nothing that goes on, is to come or has no date', () => {
    expect(isOver(once('2016-09-10T11:00'), window)).toBe(true)
    expect(isOver(once('2026-09-10T11:00'), window)).toBe(false)
    expect(isOver(item('weekly'), window)).toBe(false)
    expect(isOver(item('undated', { schedule: [] }), window)).toBe(false)
  })
})

describe('finding', () => {
  const items = [
    item('lunch', { title: 'Lunch club', languages: ['es'], prices: { mode: 'payWhatYouCan' } }),
    item('quiz', { title: 'Pub quiz', place: 'pub', kind: 'event' }),
    item('ended', { status: 'ended' }),
    item('bank', { kind: 'service', title: 'Food bank' }),
  ]

  it('shows one section, and never what has ended', () => {
    expect(ids(find(items, {}).items)).toEqual(['lunch', 'quiz'])
    expect(ids(find(items, { section: 'services' }).items)).toEqual(['bank'])
  })
  it('matches title, place and language by their words', () => {
    expect(ids(find(items, { words: 'lunch saints' }).items)).toEqual(['lunch'])
    expect(ids(find(items, { words: 'spanish' }).items)).toEqual(['lunch'])
    expect(foldItem(items[1] as Item)).toContain('Anchor')
  })
  it('takes the access of the place and of the listing together', () => {
    expect(ids(find(items, { access: ['stepFree'] }).items)).toEqual(['lunch'])
    const both = item('both', { access: ['quiet', 'stepFree'] })
    expect(both.access).toEqual(['quiet', 'stepFree'])
  })
  it('leaves out kinds of venue', () => {
    expect(ids(find(items, { without: ['pub'] }).items)).toEqual(['lunch'])
  })
  it('keeps to the distance, and what has no place is not near', () => {
    const from = { lat: 51.47, lon: -0.06 }
    const filters = { ...NO_FILTERS, miles: 0.1 as number, from: 'me' }
    expect(ids(findItems([...items, item('nowhere', { place: '' })], { ...filters, miles: 0.5 }, from).items)).toEqual(['lunch', 'quiz'])
    expect(ids(findItems(items, filters, from).items)).toEqual(['lunch'])
  })
  it('counts what each further choice would leave, as if it alone were changed', () => {
    const counts = countAll(find(items, { costs: ['free'] }), { ...NO_FILTERS, costs: ['free'] })
    expect([counts.costs.get('free'), counts.costs.get('donation')]).toEqual([1, 1])
    expect([counts.venues.get('pub'), counts.venues.get('faith')]).toEqual([1, undefined])
  })
  it('proposes to drop the filter that brings most back', () => {
    const filters = { ...NO_FILTERS, words: 'zebra', costs: ['free'] as const }
    const best = loosest(items, chipsOf(filters, ''), null)
    expect([best?.chip.key, best?.count]).toEqual(['words', 1])
  })
  it('lists what takes a break', () => {
    expect([isListed(item('a', { status: 'paused' })), isListed(item('b', { status: 'gone' }))]).toEqual([true, false])
  })
})

describe('the agenda', () => {
  it('puts each occurrence on its day, in order', async () => {
    const agenda = await buildAgenda([item('b'), item('a')], windowFrom(NOW, LONDON), () => true)
    expect(agenda?.occasions.slice(0, 3).map((one) => [one.item.listing.id, one.day])).toEqual([['a', 3], ['b', 3], ['a', 10]])
    expect(countDays(agenda?.occasions ?? []).slice(0, 5)).toEqual([0, 0, 0, 2, 0])
  })
  it('of today alone is the first day of the whole one', async () => {
    const daily = item('daily', { schedule: [{ ...THURSDAY[0], rrule: 'FREQ=DAILY' }] })
    const window = windowFrom(NOW, LONDON)
    const [today, whole] = [await buildToday([daily, item('a')], window, () => true), await buildAgenda([daily, item('a')], window, () => true)]
    expect([today?.whole, whole?.whole, whole?.occasions.length]).toEqual([false, true, 37])
    expect(today?.occasions).toEqual(whole?.occasions.filter(({ day }) => day === 0))
  })
  it('does not count what is cancelled', async () => {
    const off = item('off', { schedule: [{ ...THURSDAY[0], changes: [{ from: '2026-06-04T12:00', cancelled: true }] }] })
    const agenda = await buildAgenda([off], windowFrom(NOW, LONDON), () => true)
    expect([agenda?.occasions[0]?.cancelled, countDays(agenda?.occasions ?? [])[3]]).toEqual([true, 0])
  })
  it('has none of what takes a break', async () => {
    const agenda = await buildAgenda([item('p', { status: 'paused' })], windowFrom(NOW, LONDON), () => true)
    expect(agenda?.occasions).toEqual([])
  })
  it('leaves out what is over, to the minute, and what does not match', async () => {
    const [lunch, tea] = [item('lunch'), item('tea')]
    const agenda = await buildAgenda([lunch, tea], windowFrom(NOW, LONDON), () => true)
    const first = (now: string) => agenda && pick(agenda, [tea], Date.parse(now))[0]?.key
    expect([first('2026-06-04T11:59Z'), first('2026-06-04T12:00Z')]).toEqual(['2026-06-04T12:00', '2026-06-11T12:00'])
    expect(agenda && pick(agenda, [tea, item('new')], NOW).every((one) => one.item === tea)).toBe(true)
  })
  it('is given up when nobody waits for it any more', async () => {
    const many = Array.from({ length: 5000 }, (_, i) => item(`l${i}`))
    expect(await buildAgenda(many, windowFrom(NOW, LONDON), () => false)).toBeNull()
  })
  it('has days of 23 and 25 hours', () => {
    const window = windowFrom(Date.parse('2026-10-24T09:00Z'), LONDON)
    expect(dayIndex(window.begins, Date.parse('2026-10-25T23:30Z'))).toBe(1)
    expect(dayIndex(window.begins, Date.parse('2026-10-26T00:00Z'))).toBe(2)
    expect(window.begins).toHaveLength(DAYS_AHEAD + 1)
  })
  it('knows what has moved', () => {
    const moved = item('m', { schedule: [{ ...THURSDAY[0], changes: [{ from: '2026-06-04T12:00', start: '2026-06-05T14:00' }] }] })
    const [first, second] = comingUp(moved, NOW, 2)
    expect([first && isMoved(first, LONDON), second && isMoved(second, LONDON)]).toEqual([true, false])
  })
})
