import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { interests, interestWords, MOST } from './interests'

const declared = readFileSync(resolve(import.meta.dirname, '../../../internal/interest/interest.go'), 'utf8')

it('every interest that the server knows has a name, and no other', () => {
  const keys = /Keys = \[\]string\{([^}]+)\}/.exec(declared)![1]!
  expect(Object.keys(interests).sort()).toEqual([...keys.matchAll(/"([\w-]+)"/g)].map(([, key]) => key).sort())
  expect(Number(/Most = (\d+)/.exec(declared)![1])).toBe(MOST)
})

it('interests are said as one says them', () => {
  expect([[], ['music'], ['music', 'quiz'], ['music', 'quiz', 'later']].map(interestWords)).toEqual(['', 'music', 'music and quizzes', 'music, quizzes and later'])
})
