import { expect, test } from 'vitest'
import { isActive, knownPeople } from './people'
import { seenWords } from './seen'

const NOW = Date.parse('2026-06-01T12:00:00Z')
const consent = (more: object) => ({ id: 'c', member: 'ade', helper: 'rosa', status: 'active', until: '2026-07-01T00:00:00.000Z', ...more })

test('a consent is in force until its day, and not before it was accepted', () => {
  expect(isActive(consent({}), NOW)).toBe(true)
  expect(isActive(consent({ status: 'offered' }), NOW)).toBe(false)
  expect(isActive(consent({ status: 'ended' }), NOW)).toBe(false)
  expect(isActive(consent({ until: '2026-06-01T12:00:00.000Z' }), NOW)).toBe(false)
})

test('only those on the other side of a consent are known, each once, by the best name there is', () => {
  const members = new Map([['ade', { id: 'ade', firstName: 'Ade' }]])
  const all = [consent({ id: 'c1', status: 'ended' }), consent({ id: 'c2' }), consent({ id: 'c3', member: 'rosa', helper: 'tom' }), consent({ id: 'c4', member: 'rosa', helper: '' }), consent({ id: 'c5', member: 'x', helper: 'y' })]
  expect(knownPeople(all, 'rosa', members, (id) => (id === 'c3' ? 'Tom from next door' : undefined), 'somebody')).toEqual([
    { id: 'ade', name: 'Ade' }, { id: 'tom', name: 'Tom from next door' },
  ])
  expect(knownPeople([consent({})], 'rosa', new Map(), () => undefined, 'somebody')).toEqual([{ id: 'ade', name: 'somebody' }])
})

test('when a phone was last here is said as people say it', () => {
  const seen = (day: string) => seenWords(day, '2026-06-11')
  expect([seen('2026-06-11'), seen('2026-06-10'), seen('2026-06-09'), seen('2026-06-04'), seen('2025-06-04'), seen('')]).toEqual([
    'today', 'yesterday', 'Tuesday', 'Thursday 4 June', 'Wednesday 4 June 2025', '',
  ])
})
