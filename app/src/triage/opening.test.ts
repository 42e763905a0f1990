import { describe, expect, it, vi } from 'vitest'
import { JoinError } from '../sync/types'
import { Opening } from './opening.svelte'

const refusing = (code: string) => new Opening(() => Promise.reject(new JoinError(code, 'No.')))

describe('what was opened', () => {
  it('is there until it is shut, and then not', async () => {
    const ask = vi.fn(() => Promise.resolve({ words: 'a worry' }))
    const opening = new Opening(ask)
    await opening.open('c1')
    expect([opening.standing, opening.answer]).toEqual(['open', { words: 'a worry' }])
    expect(ask).toHaveBeenCalledWith({ id: 'c1' })
    opening.shut()
    expect([opening.standing, opening.answer]).toEqual(['shut', null])
  })

  it('is not there when its answer comes after the screen was left', async () => {
    let answer: (words: string) => void = () => undefined
    const opening = new Opening(() => new Promise<string>((done) => (answer = done)))
    const asked = opening.open('c1')
    opening.shut()
    answer('a worry')
    await asked
    expect([opening.standing, opening.answer]).toEqual(['shut', null])
  })

  it.each([['open', true, 'moved'], ['shut', false, 'shut']])('when it goes to somebody else while it is %s, nothing is left but a word', async (_, was, expected) => {
    const opening = new Opening(() => Promise.resolve('a worry'))
    if (was) await opening.open('c1')
    opening.shut('Tom has it.')
    expect([opening.standing, opening.answer, opening.failure]).toEqual([expected, null, was ? 'Tom has it.' : ''])
  })

  it('is not there when it goes to somebody else before the answer comes', async () => {
    let answer: (words: string) => void = () => undefined
    const opening = new Opening(() => new Promise<string>((done) => (answer = done)))
    const asked = opening.open('c1')
    opening.shut('Tom has it.')
    answer('a worry')
    await asked
    expect([opening.standing, opening.answer]).toEqual(['moved', null])
  })

  it('is asked for once, however often the button is pressed', async () => {
    const ask = vi.fn(() => Promise.resolve(''))
    const opening = new Opening(ask)
    await Promise.all([opening.open('c1'), opening.open('c1')])
    expect(ask).toHaveBeenCalledTimes(1)
  })

  it('says a reason only where there is one', async () => {
    const ask = vi.fn(() => Promise.resolve(''))
    await new Opening(ask).open('c1', 'She rang, and nobody else is here.')
    expect(ask).toHaveBeenCalledWith({ id: 'c1', reason: 'She rang, and nobody else is here.' })
  })

  it.each([
    ['offline', 'offline'], ['not_assigned', 'unassigned'], ['concern_unknown', 'gone'], ['note_unknown', 'gone'], ['sealed_elsewhere', 'failed'], ['concerns_off', 'failed'],
  ])('%s: the screen stands as %s', async (code, standing) => {
    const opening = refusing(code)
    await opening.open('c1')
    expect([opening.standing, opening.answer, opening.failure]).toEqual([standing, null, 'No.'])
  })
})
