import { expect, it } from 'vitest'
import { listOf, othersFirst } from './oncall'

const rows = [{ id: 'b', name: 'Tom Hale', order: 2 }, { id: 'a', name: 'Imani', order: 1 }, { id: 'c', name: 'Imanuel', order: 3 }]
const names = (firstName: string) => othersFirst(listOf(rows), firstName).map(({ row, maybeYou }) => `${row.name}${maybeYou ? ' (you)' : ''}`)

it('nobody is told first to ring themselves; a namesake stays on the list', () => {
  expect(names('imani ')).toEqual(['Tom Hale', 'Imanuel', 'Imani (you)'])
  expect(names('Tom')).toEqual(['Imani', 'Imanuel', 'Tom Hale (you)'])
  expect(names('Ruth')).toEqual(['Imani', 'Tom Hale', 'Imanuel'])
  expect(names('')).toEqual(['Imani', 'Tom Hale', 'Imanuel'])
})
