/**
 * The gate of the cards, and who may print the sign for a window.
 */
import { expect, test } from 'vitest'
import { basicsDay, mayPrintSign } from './basics'

test('the cards count for whoever read them, in the version of now', () => {
  const rows = [{ id: '1', member: 'a', version: 0, day: '2026-01-01' }, { id: '2', member: 'b', version: 1, day: '2026-01-02' }]
  expect(['a', 'b', 'c', ''].map((member) => basicsDay(rows, member))).toEqual(['', '2026-01-02', '', ''])
})

test('the sign that promises an ear is printed by a Listener who has read the cards, a shop’s owner, or a coordinator', () => {
  const all = [[], ['resident'], ['staff'], ['surgery'], ['listener'], ['activator', 'staff'], ['coach'], ['owner'], ['coordinator'], ['owner', 'listener']]
  expect(all.map((roles) => mayPrintSign(roles, false))).toEqual(['no', 'no', 'no', 'no', 'cards', 'cards', 'cards', 'yes', 'yes', 'yes'])
  expect(all.map((roles) => mayPrintSign(roles, true))).toEqual(['no', 'no', 'no', 'no', 'yes', 'yes', 'yes', 'yes', 'yes', 'yes'])
})
