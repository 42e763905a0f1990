import { expect, test } from 'vitest'
import { codeOf, mayInvite } from './poster'

const NOW = Date.parse('2026-06-04T12:00:00Z')
const invite = (id: string, more: object = {}) => ({ id, role: 'resident', uses: 200, usesLeft: 5, expires: '2026-08-01T00:00:00.000Z', note: 'poster in the shop', ended: false, ...more })
const codes = { a: { code: 'AAAA', until: 0 }, b: { code: 'BBBB', until: 0 } }

test('the poster has the code that lasts the longest, and none that opens nothing or isn’t on this phone', () => {
  const find = (...rows: ReturnType<typeof invite>[]) => codeOf(rows, codes, 'poster in the shop', NOW)?.code
  expect(find(invite('a'), invite('b', { expires: '2026-09-01T00:00:00.000Z' }), invite('c'))).toBe('BBBB')
  expect(find(invite('a', { ended: true }), invite('b', { usesLeft: 0 }))).toBeUndefined()
  expect([find(invite('c')), find(invite('a', { note: 'library' })), find(invite('a', { role: 'staff' })), find(invite('a', { expires: '2026-06-01T00:00:00.000Z' }))]).toEqual([undefined, undefined, undefined, undefined])
})

test('who may invite residents is who the server lets', () => {
  expect([['coordinator'], ['activator'], ['owner'], ['staff'], []].map(mayInvite)).toEqual([true, true, false, false, false])
})
