import { describe, expect, it } from 'vitest'
import type { Entry, EntryState } from '../sync'
import { movedWords } from './moved'
import { staysOpen, unanswered, type Held } from './hold'

const entry = (name: string, state: EntryState, id = 'c1'): Entry => ({ nonce: 'n', number: 1, name, args: { id }, at: '2026-11-25T15:00:00.000Z', state })
const held = (parts: Partial<Held> = {}): Held => ({ state: 'assigned', assignee: 'imani', lead: false, ...parts })

describe('who holds a concern', () => {
  it.each<[string, EntryState, boolean]>([
    ['concerns.take', 'waiting', true],
    ['concerns.take', 'sending', true],
    ['concerns.assign', 'sending', true],
    ['concerns.release', 'waiting', true],
    ['concerns.reopen', 'sending', true],
    ['concerns.take', 'rejected', false],
    ['concerns.take', 'merged', false],
    ['concerns.note', 'waiting', false],
  ])('after %s that is %s it is not answered yet: %s', (name, state, expected) => {
    expect(unanswered([entry(name, state)], 'c1')).toBe(expected)
  })

  it('is answered where only another one waits', () => {
    expect(unanswered([entry('concerns.take', 'waiting', 'c2')], 'c1')).toBe(false)
  })
})

describe('what is open', () => {
  it.each<[string, Held | undefined, boolean]>([
    ['nothing changed', held(), true],
    ['it went to somebody else', held({ assignee: 'tom' }), false],
    ['it was given back', held({ state: 'new', assignee: '' }), false],
    ['it was closed', held({ state: 'closed' }), false],
    ['it was withdrawn, or is not theirs to see any more', undefined, false],
  ])('when %s, stays open: %s', (_, now, expected) => {
    expect(staysOpen(held(), now, 'imani')).toBe(expected)
  })

  it('stays open for whoever reads it when it comes to them', () => {
    expect(staysOpen(held({ state: 'new', assignee: '' }), held(), 'imani')).toBe(true)
    expect(staysOpen(held({ state: 'new', assignee: '' }), held(), 'ruth')).toBe(false)
  })
})

describe('why what was open was put away', () => {
  it.each<[string, Entry[], Held | undefined, string]>([
    ['somebody closed it', [], held({ state: 'closed' }), 'It was put away: somebody has closed it.'],
    ['somebody else has it', [], held({ assignee: 'tom' }), 'It was put away: Tom looks into it now.'],
    ['it was given back by a coordinator', [], held({ state: 'new', assignee: '' }), 'It was put away: nobody looks into it now.'],
    ['one closed it oneself', [entry('concerns.close', 'waiting')], held({ state: 'closed' }), 'You closed it, so its words were put away.'],
    ['one gave it back oneself', [entry('concerns.release', 'sending')], held({ state: 'new', assignee: '' }), 'You gave it back, so its words were put away.'],
    ['what one wanted was refused, and somebody closed it', [entry('concerns.release', 'rejected')], held({ state: 'closed' }), 'It was put away: somebody has closed it.'],
    ['one closed another', [entry('concerns.close', 'waiting', 'c2')], held({ assignee: 'tom' }), 'It was put away: Tom looks into it now.'],
  ])('%s', (_, outbox, now, expected) => {
    expect(movedWords(now, outbox, 'c1', 'Tom')).toBe(expected)
  })
})
