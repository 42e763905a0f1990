import { describe, expect, it } from 'vitest'
import type { Row } from '../sync'
import { blankSlot, circleMistakes, columnsOfCircle, columnsOfSlot, slotMistakes, slotOf, tellsWhere, tellsWhy, whenMistakes } from './form'
import { plainText, whatsApp } from './link'
import { everyWords, wasWhen, whatOf, whenOf } from './when'

const fields = (mistakes: readonly { field: string }[]) => mistakes.map(({ field }) => field)

describe('the form of what helps', () => {
  const typed = { ...blankSlot('2026-06-04'), end: 'the salon on Rye Lane', time: '10:30', ends: '12:00' }

  it('becomes what repeats every week', () => {
    expect(slotMistakes(typed)).toEqual([])
    expect(columnsOfSlot(typed, 'Europe/London')).toEqual({
      kind: 'walk', start: 'home', end: 'the salon on Rye Lane', note: '', schedule: [{ start: '2026-06-04T10:30', minutes: 90, zone: 'Europe/London', rrule: 'FREQ=WEEKLY;BYDAY=TH' }],
    })
  })

  it('asks for a place, the day, and from when until when, in the order of the form', () => {
    expect(fields(slotMistakes({ ...typed, start: ' ', end: '', note: 'x'.repeat(121), date: '', time: '', ends: '' }))).toEqual(['start', 'note', 'date', 'time', 'ends'])
    expect(fields(whenMistakes({ date: '2026-06-04', time: '10:30', ends: '10:30' }))).toEqual(['ends'])
  })

  it('says which is wrong of an end: none, one before it begins, or one that the server takes for too soon', () => {
    const wrong = (ends: string) => whenMistakes({ date: '2026-06-04', time: '10:00', ends }).map(({ text }) => text)
    expect(['', '09:00', '10:04', '10:05'].map(wrong)).toEqual([['Say when it ends'], ['It must end after it begins'], ['It must take 5 minutes at least'], []])
  })

  it('has places of no more than 80 letters', () => {
    expect(fields(slotMistakes({ ...typed, start: 'x'.repeat(81) }))).toEqual(['start'])
  })

  it('leaves the times of what is there as they are, exceptions and all', () => {
    const row: Row = { id: 's', kind: 'gp', start: 'home', end: 'the surgery', note: 'n', schedule: [{ start: '2026-06-04T10:30', minutes: 60, zone: 'Europe/London', rrule: 'FREQ=WEEKLY;BYDAY=TH', changes: [{ from: '2026-06-11T10:30', cancelled: true }] }] }
    const shown = slotOf(row, '2026-07-01')
    expect(shown).toMatchObject({ kind: 'gp', end: 'the surgery', keep: true, date: '2026-06-04', time: '10:30', ends: '11:30', repeat: 'week' })
    expect(columnsOfSlot(shown, 'Europe/London')).not.toHaveProperty('schedule')
    expect(slotMistakes({ ...shown, date: '' })).toEqual([])
    expect(slotOf({ ...row, schedule: [] }, '2026-07-01')).toMatchObject({ date: '2026-07-01', keep: true })
  })
})

describe('what everybody in a circle reads', () => {
  it('is asked about when it looks like a reason', () => {
    for (const text of ['to her dialysis', 'because of her hip operation', 'the memory clinic', 'chemotherapy', 'X-ray at King’s', 'He is deaf']) expect(tellsWhy('home', text), text).toBe(true)
    for (const text of ['home', 'the salon on Rye Lane', 'the surgery', 'the pharmacy', 'Slow steps, and a chat', 'Fallowfield Road library', 'the still-life class']) expect(tellsWhy(text), text).toBe(false)
  })

  it('is asked about when it looks like an address, a number or a code', () => {
    for (const text of ['SE15 4QS', 'door code 4711', 'key safe 1234', '020 7946 0123', '+44 7700 900123', '12 Copeland Road', 'flat 4']) expect(tellsWhere(text), text).toBe(true)
    for (const text of ['home', 'the salon on Rye Lane', 'the bus stop by the green', 'Thursdays with Ada', '10 minutes on foot']) expect(tellsWhere(text), text).toBe(false)
  })
})

it('a circle has a name and a first name, and no more than is taken', () => {
  expect(columnsOfCircle({ name: ' Thursdays ', personName: ' Ada ', words: ' x ', requires: 'dbs' })).toEqual({ name: 'Thursdays', personName: 'Ada', words: 'x', requires: 'dbs' })
  expect(fields(circleMistakes({ name: '', personName: ' ', words: 'x'.repeat(301), requires: 'known' }))).toEqual(['name', 'personName', 'words'])
  expect(fields(circleMistakes({ name: 'x'.repeat(61), personName: 'x'.repeat(41), words: '', requires: 'known' }))).toEqual(['name', 'personName'])
})

describe('in words', () => {
  const clock = { zone: 'Europe/London', today: '2026-06-03' }
  const rule = (rrule: string) => [{ start: '2026-06-04T10:30', minutes: 90, zone: 'Europe/London', rrule }]

  it('a turn says when and what, and how often', () => {
    expect(whenOf({ start: Date.parse('2026-06-04T09:30Z'), end: Date.parse('2026-06-04T11:00Z') }, clock)).toBe('Tomorrow, 10:30am to midday')
    expect(wasWhen('2026-06-11T10:30', '2026-06-03')).toBe('Thursday 11 June, 10:30am')
    expect(whatOf({ id: 's', kind: 'walk', start: 'home', end: 'the salon' })).toBe('A walk there and back. From home to the salon')
    expect(whatOf({ id: 's', kind: 'new in a later version', start: '', end: '' })).toBe('A hand with something')
    expect(['FREQ=WEEKLY;BYDAY=TH', 'FREQ=WEEKLY;INTERVAL=2;BYDAY=TH', 'FREQ=MONTHLY;BYDAY=1TH', 'FREQ=DAILY', ''].map((one) => everyWords(rule(one)))).toEqual(['Every Thursday', 'Every second Thursday', 'Every month', 'Every time', ''])
  })

  it('a link is six lines that can be pasted anywhere, and no name of anybody', () => {
    const text = plainText({ origin: 'https://kith.example', code: '7Q2K-M4XD-9TRF-2HVW', circle: 'Thursdays with Ada', until: 'Friday 3 July' })
    expect(text.split('\n')).toEqual([
      'Could you take a turn? Thursdays with Ada', 'A few neighbours take turns to help. You choose when.', 'Open this link:', 'https://kith.example/join#7Q2K-M4XD-9TRF-2HVW',
      'Or go to kith.example/join and type 7Q2K-M4XD-9TRF-2HVW', 'It works until Friday 3 July.',
    ])
    expect(new URL(whatsApp(text)).searchParams.get('text')).toBe(text)
  })
})
