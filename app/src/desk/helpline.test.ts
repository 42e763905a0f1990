import { describe, expect, it } from 'vitest'
import { changedIn, lineOf, wrongInLine, type Line } from './helpline'

const LINE: Line = { ...lineOf(undefined), name: 'A line', phone: '0800 111 222' }
const wrong = (set: Partial<Line>) => wrongInLine({ ...LINE, ...set }).map(({ field, why }) => `${field}: ${why}`)

describe('a helpline in its form', () => {
  it.each<[Partial<Line>, string[]]>([
    [{}, []],
    [{ name: ' ' }, ['name: nameWrong']],
    [{ name: 'x'.repeat(121) }, ['name: nameWrong']],
    [{ phone: 'ring us' }, ['phone: phone']],
    [{ phone: '' }, ['phone: noNumber']],
    [{ phone: '', text: 'Text HELLO to 12345' }, []],
    [{ hours: 'x'.repeat(301) }, ['hours: long']],
    [{ url: 'https://example.org/help' }, []],
    [{ url: 'http://example.org' }, ['url: urlWrong']],
    [{ url: 'javascript:alert(1)' }, ['url: urlWrong']],
    [{ order: '1001' }, ['order: orderWrong']],
    [{ order: 'first' }, ['order: orderWrong']],
  ])('%j is told as %j', (set, expected) => {
    expect(wrong(set)).toEqual(expected)
  })

  it('is sent as far as it differs', () => {
    const before = lineOf({ id: 'h1', topic: 'debt', name: 'A line', phone: '0800 111', checked: '2026-06-01', order: 3 })
    expect(changedIn(before, { ...before, phone: ' 0800 222 ', order: '2' })).toEqual({ phone: '0800 222', order: 2 })
    expect(changedIn(before, { ...before })).toEqual({})
  })
})
