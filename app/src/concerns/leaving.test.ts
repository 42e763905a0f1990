/**
 * The way out by Shift, and what the community says.
 */
import { expect, test } from 'vitest'
import { byOf, careOf, mayRaise, numberOf } from './community'
import { ThreeShifts } from './leaving'

test('Shift three times leaves; capital letters in between, or a slow hand, do not', () => {
  const shifts = new ThreeShifts()
  expect([0, 300, 600].map((at) => shifts.press('Shift', at))).toEqual([false, false, true])
  expect([['Shift', 1000], ['A', 1100], ['Shift', 1200], ['B', 1300], ['Shift', 1400]].map(([key, at]) => shifts.press(key as string, at as number))).toEqual([false, false, false, false, false])
  shifts.press('x', 0)
  expect([0, 1500, 3000].map((at) => shifts.press('Shift', at))).toEqual([false, false, false])
})

test('what the community has said of care is read whole, whatever the row has', () => {
  for (const row of [undefined, { id: 'c' }, { id: 'c', care: null }, { id: 'c', care: 'x' }, { id: 'c', care: { unsentMinutes: 0, councilPhone: 5 } }]) {
    expect(careOf(row)).toEqual({ councilName: '', councilPhone: '', urgentName: '', urgentPhone: '', outOfHours: '', surgeryName: '', surgeryPhone: '', unsentMinutes: 5 })
    expect(numberOf(careOf(row))).toBeNull()
  }
  const care = careOf({ id: 'c', care: { councilName: 'Council', councilPhone: '1', urgentPhone: '2', unsentMinutes: 9 } })
  expect(care).toMatchObject({ councilPhone: '1', unsentMinutes: 9 })
  expect(numberOf(care)).toEqual({ name: '', phone: '2' })
  expect(numberOf({ ...care, urgentPhone: '' })).toEqual({ name: 'Council', phone: '1' })
})

test('who may pass it on, and from which shop', () => {
  expect([['resident'], ['staff', 'owner', 'surgery'], ['listener'], ['activator'], ['coach'], ['coordinator']].map(mayRaise)).toEqual([false, false, true, true, true, true])
  const me = { member: 'm', device: 'd', firstName: 'Carol', roles: [] }
  const roles = [{ id: '1', member: 'x', shop: 'other' }, { id: '2', member: 'm', shop: '' }, { id: '3', member: 'm', shop: 'salon' }]
  expect(byOf(me, roles, new Map())).toEqual({ member: 'm', device: 'd', shop: 'salon', firstName: 'Carol' })
  expect(byOf(me, [], new Map([['d', { id: 'd', shop: 'pub' }]])).shop).toBe('pub')
  expect(byOf(me, [], new Map()).shop).toBe('')
})
