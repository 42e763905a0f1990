import { beforeEach, expect, it } from 'vitest'
import { Taps, type Tap } from './taps'

const [save, other, plus] = [{}, {}, {}]
const tap = (change: Partial<Tap>): Tap => ({ on: save, submits: change.on === undefined, count: 1, by: 'mouse', at: 0, x: 100, y: 100, ...change })
let taps: Taps

beforeEach(() => {
  taps = new Taps()
})

it('the second tap of two is none where something else has come under the finger', () => {
  expect(taps.isSecond(tap({}))).toBe(false)
  expect(taps.isSecond(tap({ on: other, count: 2, at: 200 }))).toBe(true)
})

it('the second tap of two on what sends a form is none', () => {
  taps.isSecond(tap({}))
  expect(taps.isSecond(tap({ count: 2, at: 200 }))).toBe(true)
})

it('a button that counts up takes each tap', () => {
  for (let count = 1; count < 5; count++) expect(taps.isSecond(tap({ on: plus, count, at: count * 200 }))).toBe(false)
})

it('a tap elsewhere counts at once', () => {
  taps.isSecond(tap({}))
  expect(taps.isSecond(tap({ on: other, at: 100, x: 200, by: 'touch' }))).toBe(false)
})

it('a phone that calls each tap the first is seen through by place and time', () => {
  taps.isSecond(tap({ by: 'touch' }))
  expect(taps.isSecond(tap({ on: other, by: 'touch', at: 200, x: 110 }))).toBe(true)
  expect(taps.isSecond(tap({ on: other, by: 'touch', at: 900, x: 110 }))).toBe(false)
})

it('a key has no second tap', () => {
  taps.isSecond(tap({ count: 0, by: '' }))
  expect(taps.isSecond(tap({ count: 0, by: '', at: 50 }))).toBe(false)
})
