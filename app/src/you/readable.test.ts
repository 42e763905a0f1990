import { expect, test } from 'vitest'
import { linesOf } from './readable'

test('a row is read as a person reads it: named, dated, without what is empty or only the machine’s', () => {
  const row = { id: 'abc', member: 'def', firstName: 'Rosa', created: '2026-06-04 09:00:00.000Z', hasEmail: true, noPhone: false, uses: 0, scopes: ['visits', 'details'], note: '', seen: '2026-06-09', other: null }
  expect(linesOf(row, 'Europe/London', '2026-06-10')).toEqual([
    ['First name', 'Rosa'], ['Created', 'Thursday 4 June'], ['Has email', 'yes'], ['Scopes', 'visits, details'], ['Seen', 'Tuesday 9 June'],
  ])
})
