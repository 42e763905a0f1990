import { describe, expect, it } from 'vitest'
import { occurrences, type Schedule } from '../calendar'
import { listingOf } from '../listings/model'
import { comersOf } from './coming'
import { withCancelled } from './calloff'
import { asKind, blank, changesOf, columnsOf, mistakesOf, penceOf, typedOf, type Typed } from './form'
import { nthWords, readRepeat, REPEATS, scheduleOf, type When } from '../ui/repeat'

const LONDON = 'Europe/London'
const good: Typed = { ...blank(), title: 'Lunch club', date: '2026-06-04', time: '12:00', where: 'nowhere' }
const fields = (typed: Partial<Typed>) => mistakesOf({ ...good, ...typed }).map((one) => one.field)

describe('what is wrong with a form', () => {
  it('is nothing when it can be sent', () => {
    expect(mistakesOf(good)).toEqual([])
  })
  it('is said in the order of the fields', () => {
    expect(fields({ title: ' ', date: '', time: '', where: 'new', mode: 'fixed', contact: { name: '', phone: '12', email: 'pearl', url: '' } })).toEqual(
      ['title', 'date', 'time', 'placeName', 'amount-0', 'contactPhone', 'contactEmail'])
  })
  it('is not asked of a service without a time', () => {
    expect(fields({ times: 'none', date: '', time: '' })).toEqual([])
  })
  it('is an end before the start, a half postcode, a place that was not chosen', () => {
    expect(fields({ ends: '11:00' })).toEqual(['ends'])
    expect(fields({ where: 'new', placeName: 'Hall', placePostcode: 'SE15' })).toEqual(['placePostcode'])
    expect(fields({ where: 'known', place: '' })).toEqual(['placeWords'])
  })
  it('is not a further price that was left empty', () => {
    const amounts = [{ pounds: '3', who: '' }, { pounds: ' ', who: '' }, { pounds: '', who: 'students' }]
    expect(fields({ mode: 'fixed', amounts })).toEqual(['amount-2'])
    expect(columnsOf({ ...good, mode: 'fixed', amounts: amounts.slice(0, 2) }, '', LONDON, []).prices).toMatchObject({ amounts: [{ pence: 300, who: '' }] })
  })
  it('is a phone number that the server would refuse later, and not one that was pasted', () => {
    const phone = (text: string): Partial<Typed> => ({ contact: { name: '', phone: text, email: '', url: '' } })
    for (const text of ['07700 9OO123', '020 7946 0000 ext 12']) expect(fields(phone(text)), text).toEqual(['contactPhone'])
    expect(fields(phone('07700\u00A0900\u2011123'))).toEqual([])
    expect(columnsOf({ ...good, ...phone('07700\u00A0900\u2011123 ') }, '', LONDON, []).contact).toMatchObject({ phone: '07700 900-123' })
  })
  it('prices are read as people write them', () => {
    expect(['3', '£3.50', '3,5', '0', '3.505', 'three', ''].map(penceOf)).toEqual([300, 350, 350, 0, null, null, null])
  })
})

describe('another kind', () => {
  const as = (kind: Typed['kind'], typed: Typed) => ({ ...typed, ...asKind(typed, kind) })

  it('is once for a one-off, and every week again for a group', () => {
    expect(as('event', blank())).toMatchObject({ kind: 'event', repeat: 'once' })
    expect(as('group', as('event', blank()))).toMatchObject({ kind: 'group', repeat: 'week' })
  })
  it('leaves the rhythm that somebody chose, or that a listing has', () => {
    expect(as('event', { ...blank(), repeat: 'month', rhythm: 'chosen' }).repeat).toBe('month')
    const listing = (more: object) => typedOf(listingOf({ id: 'l', kind: 'group', ...more }))
    expect(as('event', listing({ schedule: scheduleOf({ ...good, repeat: 'week' }, LONDON) })).repeat).toBe('week')
    expect(listing({ kind: 'event', schedule: [] }).repeat, 'one without a time').toBe('once')
  })
})

describe('a rhythm', () => {
  const when: When = { date: '2026-06-04', time: '12:00', ends: '13:30', repeat: 'week', holidays: true }

  it('of every kind comes back as it was chosen', () => {
    for (const repeat of REPEATS) {
      const chosen = { ...when, repeat, holidays: repeat !== 'once' }
      expect(readRepeat(scheduleOf(chosen, LONDON)), repeat).toEqual(chosen)
    }
  })
  it('gives the days that its words say', () => {
    const days = (change: Partial<When>) => occurrences(scheduleOf({ ...when, holidays: false, ...change }, LONDON), Date.parse('2026-06-01'), Date.parse('2027-01-01'), 3).map((one) => one.key.slice(0, 10))
    expect(days({ repeat: 'fortnight' })).toEqual(['2026-06-04', '2026-06-18', '2026-07-02'])
    expect(days({ repeat: 'month' })).toEqual(['2026-06-04', '2026-07-02', '2026-08-06'])
    expect(days({ repeat: 'month', date: '2026-06-30' })).toEqual(['2026-06-30', '2026-07-28', '2026-08-25'])
    expect([nthWords('2026-06-04'), nthWords('2026-06-30')]).toEqual(['first Thursday', 'last Tuesday'])
  })
  it('that the form cannot show is left alone', () => {
    const [item] = scheduleOf(when, LONDON)
    const strange: Schedule[] = [
      [], [item!, item!], [{ ...item!, changes: [{ from: '2026-06-04T12:00', cancelled: true }] }], [{ ...item!, extra: ['2026-06-05T12:00'] }],
      [{ ...item!, closedOn: ['Good Friday'] }], [{ ...item!, rrule: 'FREQ=DAILY' }], [{ ...item!, minutes: 900 }], [{ ...item!, allDay: true }],
    ]
    for (const schedule of strange) expect(readRepeat(schedule), JSON.stringify(schedule)).toBeNull()
  })
  it('loses no word when a listing with it is edited', () => {
    const schedule = [{ start: '2026-06-04T12:00', minutes: 60, zone: LONDON, rrule: 'FREQ=DAILY' }]
    const listing = listingOf({ id: 'l', title: 'Bench', schedule, prices: { mode: 'fixed', amounts: [{ pence: 350, who: 'all' }] } })
    const typed = typedOf(listing)
    expect(typed.times).toBe('keep')
    const { set, was } = changesOf(columnsOf({ ...typed, title: 'Bench by the green' }, '', LONDON, listing.schedule), listing as unknown as Record<string, unknown>)
    expect([set, was]).toEqual([{ title: 'Bench by the green' }, { title: 'Bench' }])
  })
})

describe('calling off one occurrence', () => {
  const weekly: Schedule = [{ start: '2026-05-21T12:00', minutes: 60, zone: LONDON, rrule: 'FREQ=WEEKLY;BYDAY=MO,TH', closedOn: ['*'] }]
  const standing = (schedule: Schedule, key: string) => occurrences(schedule, Date.parse('2026-05-20'), Date.parse('2026-06-10'), 9).find((one) => one.key === key)?.cancelled

  it('leaves the others on, and can be taken back', () => {
    const off = withCancelled(weekly, '2026-05-28T12:00', true)
    expect([standing(off, '2026-05-28T12:00'), standing(off, '2026-05-21T12:00')]).toEqual([true, false])
    expect(standing(withCancelled(off, '2026-05-28T12:00', false), '2026-05-28T12:00')).toBe(false)
  })
  it('on after all holds it open on a bank holiday too', () => {
    expect(standing(weekly, '2026-05-25T12:00')).toBe(true)
    expect(standing(withCancelled(weekly, '2026-05-25T12:00', false), '2026-05-25T12:00')).toBe(false)
  })
})

describe('who is coming', () => {
  const row = (id: string, firstName: string, welcome: string, more: object = {}) => ({ id, listing: 'l', occurrence: 'o', firstName, welcome, status: 'coming', ...more })
  it('is sorted by who must be met, with no more than they said', () => {
    const visits = [row('1', '', 'none'), row('2', 'Abdi', 'door', { status: 'cancelled' }), row('3', 'Rosa', 'door'), row('4', 'Eve', 'door', { listing: 'x' }), row('5', 'Wes', 'walk'), row('6', 'Zoe', 'look', { first: true })]
    expect(comersOf(visits, 'l').get('o')?.map((one) => [one.name, one.welcome])).toEqual([['Wes', 'walk'], ['Rosa', 'door'], ['Zoe', 'look'], ['Someone new', 'none']])
  })
  it('stands with who looks out for them, once that buddy has said yes', () => {
    const pair = (visit: string, status: string, more: object = {}) => ({ id: visit + status, listing: 'l', visit, regular: '', buddyName: 'Femi', status, ...more })
    const visits = [row('1', 'Ann', 'door'), row('2', 'Bea', 'door'), row('3', 'Cy', 'door', { regular: 'line' })]
    const pairs = [pair('1', 'open'), pair('2', 'asked'), pair('older', 'open', { regular: 'line' })]
    expect(comersOf(visits, 'l', pairs).get('o')?.map((one) => one.buddy)).toEqual(['Femi', '', 'Femi'])
  })
})
