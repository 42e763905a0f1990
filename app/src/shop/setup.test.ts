import { expect, test } from 'vitest'
import { next, undone } from './setup'

const SHOP = { id: 's', name: 'Teapot', perk: '', hours: null }
const till = (shop: string, ended = '') => ({ id: shop + ended, shop, ended })

test('a new shop has three things to do, in order; what is there already is not asked', () => {
  expect(undone(SHOP, [])).toEqual(['perk', 'hours', 'till'])
  expect(undone({ ...SHOP, perk: 'A biscuit', hours: { mon: [['09:00', '17:00']] } }, [till('s')])).toEqual([])
  expect(undone({ ...SHOP, hours: {} }, [till('another'), till('s', '2026-06-01T09:00:00.000Z')])).toEqual(['perk', 'hours', 'till'])
})

test('what was put off is not asked again, and the next one is', () => {
  expect(next(['perk', 'hours', 'till'], [])).toBe('perk')
  expect(next(['perk', 'hours', 'till'], ['perk', 'hours'])).toBe('till')
  expect(next(['perk'], ['perk'])).toBeUndefined()
})
