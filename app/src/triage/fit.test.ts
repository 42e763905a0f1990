import { describe, expect, it } from 'vitest'
import { linesIn, pointsOf, type Text } from './fit'

const sheet = (...lines: [string, string][]): Text => ({ title: 'For the surgery', above: ['From Rye & Nunhead, Wednesday 25 November', 'They know that you have this, and agree.'], lines, below: 'In confidence. Keep it where only you can read it.' })
const SENTENCE = 'She came twice on the wrong day, and did not know me. '
const long = (letters: number) => SENTENCE.repeat(Math.ceil(letters / SENTENCE.length)).slice(0, letters)

describe('how large the letters of a sheet are', () => {
  it('is large print for a few sentences', () => {
    expect(pointsOf(sheet(['Who it is about', 'Mrs Okafor'], ['In the words of whoever passed it on', long(200)]))).toBe(18)
  })

  it('gets smaller with more to say, and never under 12 points', () => {
    const sizes = [200, 600, 1000, 1400, 2200, 9000].map((letters) => pointsOf(sheet(['Who it is about', 'Mrs Okafor'], ['In the words of whoever passed it on', long(letters)])))
    expect(sizes.slice(0, 5)).toEqual([...sizes.slice(0, 5)].sort((a, b) => b - a))
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(12)
    expect(sizes.at(-1)).toBe(14)
  })

  it('counts lines and not letters alone', () => {
    expect(pointsOf(sheet(['Words', 'a\n'.repeat(40)]))).toBeLessThan(pointsOf(sheet(['Words', 'a '.repeat(40)])))
  })
})

describe('how many lines a text takes', () => {
  it.each([
    ['a few words', 'one two', 20, 1],
    ['words that do not fit beside each other', 'aaaaaaaaaa aaaaaaaaaa', 10, 2],
    ['a word that is longer than a line', 'a'.repeat(100), 20, 4],
    ['lines that somebody broke', 'a\nb\n\nc', 20, 4],
    ['letters that are wide', 'W'.repeat(40), 20, 3],
  ])('%s', (_, text, width, expected) => {
    expect(linesIn(text, width)).toBe(expected)
  })
})
