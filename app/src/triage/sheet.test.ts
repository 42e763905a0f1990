import { describe, expect, it } from 'vitest'
import { sheetOf, type Opened } from './handover'
import { messageOf } from './sheet'

const FROM = { community: 'Rye & Nunhead', day: 'Wednesday 25 November', contact: 'Imani, 020 7946 0222' }
const concern = (parts: Partial<Opened>): Opened => ({
  v: 1, asked: 'agreed', noticed: ['missed', 'lonely'], since: 'weeks', words: 'She came twice on the wrong day.', rang: '', at: '2026-11-25T15:04:00.000Z', ...parts,
})
const message = (one: Opened, to: Parameters<typeof sheetOf>[1], ask = '') => messageOf(sheetOf(one, to)!, ask, FROM)

describe('a hand-over as a message', () => {
  it('says who, what, and whom to ask', () => {
    expect(message(concern({ person: { name: 'Mrs Okafor', reach: '020 7946 0555', best: 'mornings' } }), 'surgery', ' Please ring her. ').split('\n')).toEqual([
      'For the surgery. From Rye & Nunhead, Wednesday 25 November.', 'They know that you have this, and agree.', 'Who it is about: Mrs Okafor', 'How to reach them: 020 7946 0555',
      'When is best: mornings', 'What was noticed: Misses appointments, Lonely', 'Since when: Some weeks', 'In the words of whoever passed it on: She came twice on the wrong day.',
      'What we ask of you: Please ring her.', 'Whom to ask: Imani, 020 7946 0222', 'In confidence. Keep it where only you can read it, and destroy it when it is done.',
    ])
  })

  it('names nobody where nobody has agreed, and says so', () => {
    const text = message(concern({ asked: 'notYet' }), 'surgery')
    expect(text).toContain('Nobody is named')
    expect(text).not.toContain('Who it is about')
    expect(text).not.toContain('wrong day')
  })

  it('says why it is passed on without their yes', () => {
    const one = concern({ asked: 'refused', person: { name: 'Mrs Okafor' }, override: { ground: 'seriousRisk', why: 'She can’t get up.' } })
    expect(message(one, 'council')).toContain('Why it was all the same: They, or somebody else, could come to serious harm')
    expect(message(one, 'council')).toContain('She can’t get up.')
    expect(message(one, 'council')).not.toContain('and agree.')
  })

  it('tells a group whom to expect, and not why', () => {
    const text = message(concern({ person: { name: 'Mrs Okafor', reach: '020 7946 0555' } }), 'group')
    expect(text).toContain('Mrs Okafor')
    for (const word of ['noticed', 'Lonely', 'wrong day', 'Since']) expect(text).not.toContain(word)
  })
})
