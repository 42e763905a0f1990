import { describe, expect, it } from 'vitest'
import { saysUrgent, waitingOf } from './waiting'

const row = (id: string, columns: object = {}) => ({ id, state: 'new', urgency: 'normal', received: '2026-11-25 12:00:00.000Z', ...columns })

describe('what waits at the desk', () => {
  it('is what nobody looks into, and no more', () => {
    const rows = [row('a'), row('b', { urgency: 'urgent' }), row('c', { urgency: 'urgent', state: 'assigned' }), row('d', { state: 'closed' }), row('e', { received: '' })]
    expect(waitingOf(rows)).toEqual({ count: 2, urgent: ['b'] })
  })

  it('is nothing where there are no rows: on the phone of anybody who isn’t a responder', () => {
    expect(waitingOf([])).toEqual({ count: 0, urgent: [] })
  })

  it.each([
    ['What’s on', '/', true],
    ['a listing', '/l/abc', true],
    ['the desk', '/desk/people', true],
    ['You', '/you', true],
    ['another concern', '/concerns/other', true],
    ['the queue, which shows it', '/concerns', false],
    ['the concern itself', '/concerns/b', false],
    ['the guide, which a Listener may turn round', '/guide', false],
    ['the helplines', '/helplines', false],
    ['the form for a note to the surgery', '/note', false],
    ['an invite’s code', '/invites/abc123', false],
  ])('is said on %s: %s', (_, path, expected) => {
    expect(saysUrgent({ count: 1, urgent: ['b'] }, path)).toBe(expected)
  })

  it('is said beside one urgent concern where there is another, and nowhere when none is urgent', () => {
    expect(saysUrgent({ count: 2, urgent: ['b', 'c'] }, '/concerns/b')).toBe(true)
    expect(saysUrgent({ count: 2, urgent: [] }, '/')).toBe(false)
  })
})
