import { expect, test } from 'vitest'
import { Base } from './base'
import type { KeptLine } from './wire'

const row = (aud: string, id: string, seq: number, title = ''): KeptLine => ({ row: [aud, 'listings', id, seq, { id, title }] })

function baseOf(...lines: KeptLine[]): Base {
  const base = new Base()
  base.apply(lines, new Set())
  return base
}

test('a row is held while at least one audience holds it', () => {
  const base = baseOf(row('public', 'lunch', 5), row('activators', 'lunch', 5))
  base.apply([{ gone: ['public', 'listings', 'lunch', 6] }], new Set())
  expect(base.get('listings', 'lunch')!.auds).toEqual(['activators'])
  base.apply([{ drop: 'activators' }], new Set())
  expect(base.get('listings', 'lunch')).toBeUndefined()
})

test('an older copy of a row from another audience does not take it back', () => {
  const base = baseOf(row('public', 'lunch', 9, 'new'), row('activators', 'lunch', 5, 'old'))
  expect(base.get('listings', 'lunch')).toMatchObject({ seq: 9, data: { title: 'new' }, auds: ['public', 'activators'] })
})

test('the same word twice changes nothing', () => {
  const once = baseOf(row('public', 'lunch', 5, 'one'))
  const twice = baseOf(row('public', 'lunch', 5, 'one'), row('public', 'lunch', 5, 'one'), { gone: ['public', 'listings', 'other', 4] })
  expect(twice.get('listings', 'lunch')).toEqual(once.get('listings', 'lunch'))
})

test('names the collections that changed, and no other', () => {
  const base = baseOf(row('public', 'lunch', 5), { row: ['public', 'places', 'hall', 6, { id: 'hall' }] })
  const changed = new Set<string>()
  base.apply([{ gone: ['public', 'places', 'hall', 7] }, { gone: ['public', 'visits', 'none', 8] }], changed)
  expect([...changed]).toEqual(['places'])
})

test('sums are exact where doubles would not be without the modulus', () => {
  const base = baseOf(row('public', 'a', 94906248), row('public', 'b', 2 ** 40), row('member/m', 'b', 2 ** 40))
  const cube = (s: bigint) => Number((s * s * s) % 94906249n)
  const b = cube(2n ** 40n)
  expect(Object.fromEntries(base.sums())).toEqual({ public: [2, cube(94906248n) + b], 'member/m': [1, b] })
})

test('agrees only with sums of every audience that it holds', () => {
  const base = baseOf(row('public', 'a', 2), row('member/m', 'b', 3))
  expect(base.agrees({ public: [1, 8], 'member/m': [1, 27] }, true)).toBe(true)
  expect(base.agrees({ public: [1, 8] }, true)).toBe(false)
  expect(base.agrees({ public: [1, 8] }, false)).toBe(true)
  expect(base.agrees({ public: [1, 9], 'member/m': [1, 27] }, true)).toBe(false)
  expect(base.agrees({ public: [1, 8], 'member/m': [1, 27], activators: [1, 1] }, true)).toBe(false)
})

test('a row’s id is its key, whatever its columns say', () => {
  const base = baseOf({ row: ['public', 'listings', 'lunch', 5, { title: 'x' }] })
  expect(base.get('listings', 'lunch')!.data.id).toBe('lunch')
})
