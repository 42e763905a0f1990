import { expect, it } from 'vitest'
import { GONE_MS, Sight } from './sight'

it('a square that stays in sight is looked at once, and again once it was away', () => {
  const sight = new Sight()
  expect(sight.sees('a', 0)).toEqual({ still: false })
  for (let now = 100; now < 60_000; now += 400) expect(sight.sees('a', now)).toBeNull()
  expect(sight.sees('a', 60_000 + GONE_MS)).toEqual({ still: false })
})

it('a phone that stays there and shows its next square is not told twice; taken away and shown again, it is', () => {
  const sight = new Sight()
  expect(sight.stays('maya', sight.sees('a', 0)!)).toBe(false)
  expect(sight.stays('maya', sight.sees('b', 1_000)!)).toBe(true)
  expect(sight.stays('maya', sight.sees('c', 2_000)!)).toBe(true)
  expect(sight.stays('maya', sight.sees('d', 2_000 + GONE_MS)!)).toBe(false)
})

it('the next card in the queue is told at once, and so is what nobody could read twice', () => {
  const sight = new Sight()
  sight.stays('maya', sight.sees('a', 0)!)
  expect(sight.stays('omar', sight.sees('b', 500)!)).toBe(false)
  expect(sight.stays('', sight.sees('?', 900)!)).toBe(false)
  expect(sight.stays('', sight.sees('!', 950)!)).toBe(false)
  sight.clear()
  expect(sight.sees('!', 960)).not.toBeNull()
})
