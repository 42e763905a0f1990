import { describe, expect, test } from 'vitest'
import type { Row } from '../sync'
import { goalsOf, inSentence, kidsOf, nextGoal, phonesOf, printable, printedCards, shopsOf, shownCode, standingOf, typedCode, visitNote, visitsOf, wantsRenewal } from './mine'

const TODAY = 20_600
const card = (columns: Partial<Row> = {}): Row => ({ id: 'c', account: 'a', kind: 'phone', status: 'active', packed: 'mine', issued: TODAY - 60, expires: TODAY + 30, ...columns })
const standing = (...rows: Row[]) => standingOf(rows, (packed) => packed === 'mine', TODAY)

describe('a card stands where its rows say', () => {
  test.each([
    ['there is none', [], 'none'],
    ['it is not signed yet', [card({ packed: '' })], 'waiting'],
    ['it is here', [card()], 'here'],
    ['its key is on another phone', [card({ packed: 'theirs' })], 'elsewhere'],
    ['it has run out today', [card({ expires: TODAY })], 'ended'],
    ['it was reported lost', [card({ status: 'lost' })], 'lost'],
    ['another took its place', [card({ status: 'replaced' })], 'none'],
    ['there is only paper', [card({ kind: 'printed', packed: 'paper' })], 'none'],
    ['a new one waits after a loss', [card({ status: 'lost' }), card({ packed: '' })], 'waiting'],
  ] as const)('%s', (_what, rows, expected) => expect(standing(...rows).standing).toBe(expected))

  test('the one that works is shown, whatever waits beside it or lies on other phones', () => {
    expect(standing(card({ id: 'next', packed: '', issued: TODAY }), card({ id: 'other', packed: 'theirs', expires: TODAY + 90 }), card({ id: 'now' })).card?.id).toBe('now')
  })

  test('paper is one’s own by its account, and only while it works', () => {
    const rows = [card({ id: 'paper', kind: 'printed' }), card({ id: 'pats', kind: 'printed', account: 'b' }), card({ id: 'old', kind: 'printed', expires: TODAY }), card()]
    expect(printedCards(rows, 'a', TODAY).map(({ id }) => id)).toEqual(['paper'])
    expect(printedCards([card({ kind: 'printed', account: '' })], '', TODAY), 'of nobody known').toEqual([])
    expect(phonesOf(rows).map(({ id }) => id)).toEqual(['c'])
  })

  test('it is renewed by itself below 30 days, also once it has run out', () => {
    const left = (days: number, columns = {}) => wantsRenewal(card({ packed: 'AQc', expires: TODAY + days, ...columns }), TODAY, [7, 8])
    expect([left(30), left(29), left(1), left(0)]).toEqual([false, true, true, true])
    expect([left(5, { kind: 'printed' }), left(5, { status: 'lost' }), left(5, { packed: '' })]).toEqual([false, false, false])
    expect(left(80, { packed: 'AQk' }), 'its key counts no more').toBe(true)
    expect(kidsOf({ id: 'k', cardKeys: [{ kid: 7 }, { kid: 8 }] })).toEqual([7, 8])
  })
})

describe('stamps and what they are for', () => {
  const rewards = [{ id: 'cake', title: 'Gough’s lemon cake', stamps: 9, status: 'active' }, { id: 'tea', title: 'A cup of tea', stamps: 6, status: 'active' }, { id: 'old', title: 'A pen', stamps: 1, status: 'ended' }]

  test('they say how many are missing, in words, the nearest reward first', () => {
    expect(goalsOf(rewards, 2).map(({ text }) => text)).toEqual(['4 more for a cup of tea', '7 more for Gough’s lemon cake'])
    expect(goalsOf(rewards, 7).map(({ text }) => text)).toEqual(['Enough for a cup of tea', '2 more for Gough’s lemon cake'])
    expect(nextGoal(goalsOf(rewards, 7))?.reward.id).toBe('cake')
    expect(nextGoal(goalsOf(rewards, 20))?.reward.id).toBe('cake')
    expect(nextGoal([])).toBeUndefined()
  })

  test('a name keeps its capital in the middle of a sentence', () => expect(['A cup of tea', 'Alan’s pie', 'The big one', 'Tea'].map(inSentence)).toEqual(['a cup of tea', 'Alan’s pie', 'the big one', 'Tea']))

  test('a reward says which shops give it, as far as they are known here', () => {
    const shops = new Map<string, Row>(['Gough’s', 'The Ivy', 'Bell’s'].map((name, index) => [`s${index}`, { id: `s${index}`, name }]))
    const at = (...ids: string[]) => shopsOf({ id: 'r', shops: ids.map((shop) => ({ shop, share: 50 })) }, shops)
    expect([at(), at('s0'), at('s0', 's1', 's2'), at('gone', 's1')]).toEqual(['', 'Gough’s', 'Gough’s, The Ivy and Bell’s', 'The Ivy'])
  })

  test('a visit that counts has no note; one that doesn’t says why, and never in a code', () => {
    const note = (state: string, codes: string[] | string = []) => visitNote({ id: 's', state, codes })
    expect(note('ok')).toBe('')
    expect(note('held', ['cap_day'])).toBe('Being looked at')
    expect(note('rejected', ['proof_reused'])).toBe('The same code was shown twice.')
    expect(note('rejected', 'voucher_spent')).toBe('The voucher had been used before.')
    expect(note('rejected', ['something_new'])).toMatch(/^It did not count/)
  })

  test('the newest visit stands first, and what was told twice stands once', () => {
    const rows = [{ id: 'a', day: '2026-05-01', state: 'ok' }, { id: 'b', day: '2026-06-01', state: 'ok' }, { id: 'c', day: '2026-06-02', state: 'duplicate' }]
    expect(visitsOf(rows).map(({ id }) => id)).toEqual(['b', 'a'])
  })
})

test('what was printed is here by its id, and a card of a phone can’t be printed', () => {
  const rows = new Map([['p', card({ id: 'p', kind: 'printed' })], ['c', card()], ['gone', card({ id: 'gone', kind: 'printed', status: 'replaced' })]])
  expect(['p', 'c', 'gone', 'x'].map((id) => printable(rows, id)?.id)).toEqual(['p', undefined, undefined, undefined])
})

test('a code may be typed as people type, and nothing else is one', () => {
  expect(['7q2k-m4xd', ' 7Q2K M4XD', '7Q2KM4XD'].map(typedCode)).toEqual(['7Q2KM4XD', '7Q2KM4XD', '7Q2KM4XD'])
  expect(typedCode('oil0-ABCD')).toBe('0110ABCD')
  expect(['7Q2KM4X', '7Q2KM4XDD', '7Q2K-M4XU', ''].map(typedCode)).toEqual(['', '', '', ''])
  expect(shownCode('7Q2KM4XD')).toBe('7Q2K-M4XD')
})
