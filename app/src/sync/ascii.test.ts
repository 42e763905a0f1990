import { describe, expect, it } from 'vitest'
import { asciiJson } from './ascii'
import { Random } from './testing/random'

const bytesOf = (text: string) => new TextEncoder().encode(text).buffer as ArrayBuffer
const UNITS = ['a', 'lunch', ' ', '\\n', '’', 'é', 'চা', '💐', '\u{feff}', '\u2028', '\ufffd']

describe('an answer as ASCII', () => {
  it('says the same as JSON, wherever its other characters stand', () => {
    const random = new Random(7)
    for (let round = 0; round < 2_000; round++) {
      const value = Array.from({ length: random.below(12) }, () => random.pick(UNITS)).join('')
      const text = asciiJson(bytesOf(JSON.stringify({ value })))
      expect(JSON.parse(text), value).toEqual({ value })
      expect(text, value).toMatch(/^[\x00-\x7f]*$/)
    }
  })
  it('is the same text where it was ASCII before', () => {
    const text = '{"a":"\\u2019"}\n{"b":1}\n'
    expect(asciiJson(bytesOf(text))).toBe(text)
  })
  it('has a sign in the place of what is not UTF-8, however much of it there is', () => {
    const broken = new Uint8Array(1_000).fill(0xff)
    expect(asciiJson(broken.buffer)).toBe('\\ufffd'.repeat(1_000))
    expect(asciiJson(new Uint8Array([0x22, 0xe2, 0x80, 0x22]).buffer)).toBe('"\\ufffd\\ufffd"')
  })
})
