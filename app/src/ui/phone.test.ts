import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isPhone, tidyPhone } from './phone'

const asked = (text: string, of: 'person' | 'listing' | 'line') => isPhone(tidyPhone(text), of)

describe('a number that was pasted', () => {
  it('has plain spaces and dashes, and nothing that nobody sees', () => {
    expect(['07700\u00A0900123', ' 07700 \u2009900\u2011123 ', '\u202A+44 7700 900123\u202C', '020\u20137946\u20120000', '\t０7700 900123\n', '07700\u200B900123'].map(tidyPhone)).toEqual(
      ['07700 900123', '07700 900-123', '+44 7700 900123', '020-7946-0000', '07700 900123', '07700900123'])
  })
  it('keeps what is no number, so that it can be seen and mended', () => {
    expect(tidyPhone('07700 9OO123 ext 12')).toBe('07700 9OO123 ext 12')
  })
})

describe('the form takes what the server takes', () => {
  it('of somebody to ring', () => {
    for (const text of ['07700 900123', '+44 (0)20 7946 0000', '07700\u00A0900\u2011123']) expect(asked(text, 'person'), text).toBe(true)
    for (const text of ['', '999', 'ring me', '07700 9OO123', '07700 900123 ext 12', `0${'1'.repeat(20)}`]) expect(asked(text, 'person'), text).toBe(false)
  })
  it('of a listing', () => {
    for (const text of ['07700 900123', '(020) 7946 0000', '+44 (0)7700-900 123']) expect(asked(text, 'listing'), text).toBe(true)
    for (const text of ['', '12', '()-()', '07700 9OO123', '020 7946 0000 ext 12', '1'.repeat(41)]) expect(asked(text, 'listing'), text).toBe(false)
  })
  it('of a helpline', () => {
    for (const text of ['999', '116 123', '+44 20 7946 0000', '0800\u00A0028\u00A08000']) expect(asked(text, 'line'), text).toBe(true)
    for (const text of ['', '99', '0800-028', '1'.repeat(16), '+', '116 123 x']) expect(asked(text, 'line'), text).toBe(false)
  })
  it('by the bounds that stand there', () => {
    const source = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8')
    expect(source('internal/text/phone.go')).toContain('`^\\+?[0-9][0-9 ()-]{5,}$`')
    expect(source('internal/limits/neighbours.go')).toMatch(/ContactPhone = 20\n/)
    expect(source('hooks/listings/columns.go')).toContain('`^[+0-9 ()-]*$`')
  })
})
