import { expect, it } from 'vitest'
import { once } from './once'

/** A deed that lasts until it is told to end. */
function lasting() {
  const begun: unknown[][] = []
  const ends: { well: () => void; badly: (why: Error) => void }[] = []
  const deed = once((...args: unknown[]) => {
    begun.push(args)
    return new Promise<void>((well, badly) => ends.push({ well, badly }))
  })
  return { begun, ends, deed }
}

it('a second call while the first is being done is none', async () => {
  const { begun, ends, deed } = lasting()
  const first = deed(new Event('click'))
  await deed(new Event('click'))
  expect(begun).toHaveLength(1)
  ends[0]!.well()
  await first
})

it('what comes once it is done counts, also where it could not be done', async () => {
  const { begun, ends, deed } = lasting()
  const first = deed()
  ends[0]!.well()
  await first
  const second = deed()
  ends[1]!.badly(new Error('full'))
  await expect(second).rejects.toThrow('full')
  void deed()
  expect(begun).toHaveLength(3)
})

it('of somebody else it is another deed', async () => {
  const { begun, deed } = lasting()
  void deed('edna')
  void deed('bo')
  await deed('edna', new Event('click'))
  expect(begun).toEqual([['edna'], ['bo']])
})

it('a form never leaves the page, also by the second submit', () => {
  const { deed } = lasting()
  for (let times = 0; times < 2; times++) {
    const event = new Event('submit', { cancelable: true })
    void deed(event)
    expect(event.defaultPrevented).toBe(true)
  }
})
