import { expect, test } from 'vitest'
import { matcher } from '../listings/search'
import { takingPart } from './taking'

const PLACES = new Map([['p', { id: 'p', name: 'The Patient Teapot', address: '3 Rye Lane', postcode: 'SE15 4AB' }], ['q', { id: 'q', name: 'Rye Market', address: '', postcode: '' }]])

test('shops that take part stand by name; one that left, and one whose stamps are plain, are on no list', () => {
  const shown = takingPart(
    [
      { id: '1', name: 'The Patient Teapot', place: 'p', status: 'active', perk: 'A biscuit', chatty: 'Tuesdays 2pm', hours: { tue: [['09:00', '17:00']] } },
      { id: '2', name: 'Mended Chair', place: 'q', status: 'active' },
      { id: '3', name: 'Corner Pharmacy', status: 'active', plain: true, perk: 'Advice' },
      { id: '4', name: 'Gone', status: 'left' },
      { id: '5', name: 'Invited', status: 'invited' },
    ],
    PLACES,
  )
  expect(shown.map(({ name }) => name)).toEqual(['Mended Chair', 'The Patient Teapot'])
  expect(shown[1]).toMatchObject({ address: '3 Rye Lane, SE15 4AB', perk: 'A biscuit', chatty: 'Tuesdays 2pm', hours: { tue: [['09:00', '17:00']] } })
  expect(shown[0]).toMatchObject({ address: 'Rye Market', perk: '', chatty: '' })
  expect(['teapot', 'biscuit', 'tuesdays', 'rye', 'zebra'].map((words) => shown.filter(({ folded }) => matcher(words)(folded)).length)).toEqual([1, 1, 1, 2, 0])
})
