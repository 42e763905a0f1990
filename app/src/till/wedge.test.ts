import { expect, it } from 'vitest'
import { Wedge } from './wedge'

const type = (wedge: Wedge, text: string, apart: number, from = 0) => [...text].map((key, i) => wedge.key(key, from + i * apart))

it('digits that come as fast as a scanner types them, and Enter, are a square', () => {
  const wedge = new Wedge()
  const digits = '0123456789'.repeat(20)
  expect(type(wedge, digits, 8).join('')).toBe('')
  expect(wedge.key('Enter', 200 * 8)).toBe(digits)
  expect(wedge.key('Enter', 200 * 8 + 5)).toBe('')
})

it('what a person types is never taken for one', () => {
  const wedge = new Wedge()
  type(wedge, '0'.repeat(100), 120)
  expect(wedge.key('Enter', 99 * 120 + 5)).toBe('')
  type(wedge, '12345678', 5, 20_000)
  expect([wedge.types, wedge.key('Enter', 20_045)]).toEqual([false, ''])
})

it('a phone that is busy in the middle of a square loses none of it', () => {
  const wedge = new Wedge()
  type(wedge, '4'.repeat(50), 5)
  type(wedge, '5'.repeat(50), 5, 650)
  expect(wedge.key('Enter', 1_000)).toBe('4'.repeat(50) + '5'.repeat(50))
})

it('a scanner that stumbles begins again, and nothing of two squares is mixed', () => {
  const wedge = new Wedge()
  type(wedge, '1'.repeat(90), 5)
  wedge.key('Shift', 460)
  type(wedge, '2'.repeat(90), 5, 465)
  expect(wedge.key('Enter', 465 + 90 * 5)).toBe('2'.repeat(90))
  type(wedge, '3'.repeat(90), 5, 2_000)
  expect(wedge.key('Enter', 9_000)).toBe('')
})
