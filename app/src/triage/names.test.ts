import { expect, it, vi } from 'vitest'
import { Names } from './names.svelte'

const TOM = { id: 'tom', firstName: 'Tom' }

it('colleagues have a name once the server was asked, and it is asked about each of them once', async () => {
  const names = new Names()
  const ask = vi.fn(() => Promise.resolve({ names: [TOM] }))
  expect(names.of('tom')).toBe('')
  await names.learn([], ask)
  expect(ask).not.toHaveBeenCalled()
  await names.learn(['tom', 'left'], ask)
  expect([names.of('tom'), names.of('left')]).toEqual(['Tom', ''])
  await names.learn(['left', 'tom'], ask)
  expect(ask).toHaveBeenCalledTimes(1)
  await names.learn(['ruth'], ask)
  expect(ask).toHaveBeenCalledTimes(2)
})

it('with no signal they stay without one, until there is', async () => {
  const names = new Names()
  await names.learn(['tom'], () => Promise.reject(new Error('offline')))
  expect(names.of('tom')).toBe('')
  await names.learn(['tom'], () => Promise.resolve({ names: [TOM] }))
  expect(names.of('tom')).toBe('Tom')
})
