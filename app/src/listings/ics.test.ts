import ICAL from 'ical.js'
import { describe, expect, it } from 'vitest'
import type { Schedule } from '../calendar'
import { calendarFile, escapeText, foldLine } from './ics'
import { itemOf } from './catalogue'
import { plainText } from './share'
import { comingUp } from './agenda'

const NOW = Date.parse('2026-06-01T09:00Z')
const LONDON = 'Europe/London'
const facts = (schedule: Schedule) => ({ id: 'l1', title: 'Tea, cake; talk', text: 'Line one\nC:\\two', where: 'All Saints, SE15', url: 'https://kith.example/l/l1', schedule })
const rhythm = { start: '2026-06-04T12:00', minutes: 90, zone: LONDON, rrule: 'FREQ=WEEKLY;BYDAY=TH' }

/** The first starts as another library reads them, in UTC. */
function starts(file: string, count: number): string[] {
  const calendar = new ICAL.Component(ICAL.parse(file))
  for (const zone of calendar.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(new ICAL.Timezone(zone))
  const [event, ...changes] = calendar.getAllSubcomponents('vevent').map((one) => new ICAL.Event(one))
  for (const change of changes) event?.relateException(change)
  const walk = event?.iterator()
  return Array.from({ length: count }, () => {
    const next = walk?.next()
    return next && event ? event.getOccurrenceDetails(next).startDate.toJSDate().toISOString() : ''
  })
}

describe('a calendar file', () => {
  it('goes on through the change of the clocks, as another library reads it', () => {
    const file = calendarFile(facts([{ ...rhythm, start: '2026-10-22T12:00' }]), NOW)
    expect(starts(file, 2)).toEqual(['2026-10-22T11:00:00.000Z', '2026-10-29T12:00:00.000Z'])
  })
  it('begins with the first occurrence that the rule gives', () => {
    expect(starts(calendarFile(facts([{ ...rhythm, start: '2026-06-01T12:00' }]), NOW), 1)).toEqual(['2026-06-04T11:00:00.000Z'])
  })
  it('leaves out what is called off and bank holidays, and moves what moved', () => {
    const changed = { ...rhythm, changes: [{ from: '2026-06-04T12:00', cancelled: true }, { from: '2026-06-11T12:00', start: '2026-06-12T15:00' }] }
    expect(starts(calendarFile(facts([changed]), NOW), 2)).toEqual(['2026-06-12T14:00:00.000Z', '2026-06-18T11:00:00.000Z'])
    const mondays = { start: '2026-08-24T10:00', minutes: 60, zone: LONDON, rrule: 'FREQ=WEEKLY;BYDAY=MO', closedOn: ['*'] }
    expect(starts(calendarFile(facts([mondays]), NOW), 2)).toEqual(['2026-08-24T09:00:00.000Z', '2026-09-07T09:00:00.000Z'])
  })
  it('writes other zones one by one, in UTC', () => {
    const paris = { ...rhythm, zone: 'Europe/Paris' }
    const file = calendarFile(facts([paris]), NOW)
    expect(file).toContain('DTSTART:20260604T100000Z')
    expect(file).not.toContain('RRULE:FREQ=WEEKLY')
  })
  it('keeps its text through another library', () => {
    const event = new ICAL.Component(ICAL.parse(calendarFile(facts([{ ...rhythm, rrule: '' }]), NOW))).getFirstSubcomponent('vevent')
    expect([event?.getFirstPropertyValue('summary'), event?.getFirstPropertyValue('description')]).toEqual(['Tea, cake; talk', 'Line one\nC:\\two'])
  })
  it('has whole days for what has no hours', () => {
    const file = calendarFile(facts([{ start: '2026-06-04T00:00', minutes: 2880, zone: LONDON, allDay: true }]), NOW)
    expect(file).toContain('DTSTART;VALUE=DATE:20260604')
    expect(file).toContain('DURATION:P2D')
  })
  it('never breaks a character, and no line is longer than 75 octets', () => {
    const folded = foldLine(`SUMMARY:${'é🫖'.repeat(60)}`)
    for (const line of folded.split('\r\n')) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75)
    expect(folded.replaceAll('\r\n ', '')).toBe(`SUMMARY:${'é🫖'.repeat(60)}`)
    expect(escapeText('a,b;c\\d\r\ne')).toBe('a\\,b\\;c\\\\d\\ne')
  })
})

describe('the plain text of a listing', () => {
  it('says what a neighbour needs, in short lines', () => {
    const places = new Map([['p', { id: 'p', name: 'All Saints', address: '11 Blenheim Grove', postcode: 'SE15 4QS' }]])
    const row = {
      id: 'l1', kind: 'group', title: 'Lunch club', summary: 'A hot lunch.', place: 'p', room: 'Small hall', schedule: [rhythm], checked: '2026-01-01',
      prices: { mode: 'fixed', amounts: [{ pence: 300, who: 'if you can' }], firstFree: true }, firstVisit: { meets: 'Pearl, in the green apron' }, contact: { name: 'Pearl', phone: '020 7946 0817' },
    }
    const item = itemOf(row, places, new Map())
    expect(plainText(item, comingUp(item, NOW, 1)[0], LONDON, '2026-06-01', 'https://kith.example/l/l1').split('\n')).toEqual([
      'Lunch club', 'Thursday 4 June, midday to 1:30pm', 'Small hall, All Saints, 11 Blenheim Grove, SE15 4QS', 'A hot lunch.', 'Cost: £3, if you can. First time free',
      'Who meets you: Pearl, in the green apron', 'Ask: Pearl, 020 7946 0817', 'Ring before you set out.', 'https://kith.example/l/l1',
    ])
  })
})
