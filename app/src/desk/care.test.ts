import { describe, expect, it } from 'vitest'
import { changed, settingsOf, wrongIn, type Settings } from './care'

const SET = settingsOf(undefined)
const wrong = (set: Partial<Settings>) => wrongIn({ ...SET, ...set }).map(({ field, why }) => `${field}: ${why}`)

describe('what a community has set', () => {
  it('is whole, whatever its row has', () => {
    expect(SET).toMatchObject({ councilName: '', councilPhone: '', amberDays: 1, redDays: 2, unsentMinutes: 5, escalateMinutes: 10, phoneListMinutes: 20 })
    expect(settingsOf({ id: 'town', care: { amberDays: 3, councilPhone: 7, redDays: '9' } })).toMatchObject({ amberDays: 3, councilPhone: '', redDays: 2 })
  })

  it('can be as it is by default', () => {
    expect(wrong({})).toEqual([])
  })

  it.each<[Partial<Settings>, string[]]>([
    [{ councilPhone: 'ask Ines' }, ['councilPhone: phone']],
    [{ urgentPhone: '+44 20 7946 0111' }, []],
    [{ urgentPhone: '' }, []],
    [{ surgeryName: 'x'.repeat(121), surgeryPhone: 'at the desk' }, ['surgeryName: long', 'surgeryPhone: phone']],
    [{ outOfHours: 'x'.repeat(501) }, ['outOfHours: long']],
    [{ amberDays: 0 }, ['amberDays: bounds']],
    [{ redDays: Number.NaN }, ['redDays: bounds']],
    [{ amberDays: 3, redDays: 2 }, ['redDays: redFirst']],
    [{ perHour: 5, perDay: 4 }, ['perDay: dayLess']],
    [{ escalateMinutes: 20, phoneListMinutes: 20 }, ['phoneListMinutes: listFirst']],
  ])('%j is told as %j', (set, expected) => {
    expect(wrong(set)).toEqual(expected)
  })

  it('is sent as far as it differs', () => {
    expect(changed(SET, { ...SET, redDays: 3, councilName: 'The council' })).toEqual({ redDays: 3, councilName: 'The council' })
  })
})
