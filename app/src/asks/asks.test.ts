import { describe, expect, it } from 'vitest'
import type { Row } from '../sync'
import { askedFor, boardOf, looksLikeNumber, myReply, repliesTo, type Held } from './asks'
import { numbersOf, threadOf } from './talk'

/** Rows with under which names a phone holds them. */
type Given = Record<string, [holders: string[], row: Row][]>

const held = (given: Given, me = 'me'): Held => ({
  rows: (collection) => new Map((given[collection] ?? []).map(([, row]) => [row.id, row])),
  holders: (collection, id) => given[collection]?.find(([, row]) => row.id === id)?.[0] ?? [],
  me,
})
const ask = (id: string, more: object = {}): Row => ({ id, kind: 'walk', day: '2026-06-04', part: 'any', words: '', firstName: 'Ann', status: 'open', ...more })
const reply = (id: string, more: object = {}): Row => ({ id, ask: 'a', firstName: id, safety: 'none', words: '', status: 'offered', ...more })
const ALL = ['members']
const MINE = ['members', 'member/me']
const ids = (rows: { ask: Row }[]) => rows.map((row) => row.ask.id)

describe('the board', () => {
  it('has one’s own asks, those to which one said “I can”, and the rest, the soonest first', () => {
    const board = boardOf(
      held({
        asks: [[ALL, ask('later', { day: '2026-06-06' })], [ALL, ask('evening', { part: 'evening' })], [ALL, ask('morning', { part: 'morning' })], [MINE, ask('own')], [ALL, ask('said')]],
        replies: [[['member/me'], reply('r', { ask: 'said' })], [['member/me'], reply('Femi', { ask: 'own' })]],
      }),
      '2026-06-04',
    )
    expect(board.open.map((row) => row.id)).toEqual(['morning', 'evening', 'later'])
    expect(ids(board.replied)).toEqual(['said'])
    expect(board.mine).toEqual([{ ask: ask('own'), replies: 1, chosen: '' }])
  })

  it('has nothing of yesterday, nothing that is over, and of what is settled only one’s own and where one was chosen', () => {
    const settled = { status: 'settled' }
    const board = boardOf(
      held({
        asks: [[ALL, ask('yesterday', { day: '2026-06-03' })], [MINE, ask('over', { status: 'over' })], [ALL, ask('theirs', settled)], [MINE, ask('own', settled)], [ALL, ask('chosen', settled)], [ALL, ask('not', settled)], [ALL, ask('declined')]],
        replies: [[['member/me'], reply('r', { ask: 'chosen', status: 'chosen' })], [['member/me'], reply('s', { ask: 'not' })], [['member/me'], reply('t', { ask: 'declined', status: 'over' })]],
      }),
      '2026-06-04',
    )
    expect([ids(board.mine), ids(board.replied), board.open]).toEqual([['own'], ['chosen'], []])
  })

  it('has nothing of whom one blocked by it', () => {
    const given: Given = { asks: [[ALL, ask('a')], [ALL, ask('b')]], blocks: [[['member/me'], { id: 'x', about: 'a' }]] }
    expect(boardOf(held(given), '2026-06-04').open.map((row) => row.id)).toEqual(['b'])
  })

  it('of whom one acts for has theirs; who helps several knows of whom an ask is', () => {
    const given: Given = { asks: [[['members', 'helped/mum'], ask('a')]] }
    expect(ids(boardOf(held(given, 'mum'), '2026-06-04').mine)).toEqual(['a'])
    expect(boardOf(held(given), '2026-06-04').open).toHaveLength(1)
    expect([askedFor(held(given), 'a', ['dad', 'mum']), askedFor(held(given), 'a', ['dad'])]).toEqual(['mum', ''])
  })

  it('does not take who replied to one’s own ask for oneself', () => {
    expect(myReply(held({ asks: [[MINE, ask('a')]], replies: [[['member/me'], reply('r')]] }), 'a')).toBeUndefined()
    expect(myReply(held({ asks: [[ALL, ask('a')]], replies: [[['member/me'], reply('r')]] }), 'a')?.id).toBe('r')
  })

  it('lists whom one chose first, then of whom more is known; who is over isn’t listed', () => {
    const rows = held({ replies: [[[], reply('Zoe')], [[], reply('Ann')], [[], reply('Known', { safety: 'known' })], [[], reply('Dbs', { safety: 'dbs' })], [[], reply('Newer', { safety: 'unheard' })], [[], reply('Gone', { status: 'over' })], [[], reply('Chosen', { status: 'chosen' })], [[], reply('Other', { ask: 'b' })]] }).rows
    expect(repliesTo(rows, 'a').map((row) => row.id)).toEqual(['Chosen', 'Dbs', 'Known', 'Ann', 'Newer', 'Zoe'])
  })

  it('sees a number in the words, however it is written, and none where there is none', () => {
    for (const words of ['ring 07700 900123', 'my number: 020 7946 0123.', '+44 (0)7700-900123', '07700900123 please']) expect(looksLikeNumber(words), words).toBe(true)
    for (const words of ['', 'at 10:30, for 2 hours', '12 Rye Lane 1 or 2', 'on 2026-06-04']) expect(looksLikeNumber(words), words).toBe(false)
  })
})

describe('what two say to each other', () => {
  const rows = held({
    messages: [[[], { id: 'b', about: 'r', side: 'helps', fromName: 'Femi', text: 'Two', day: '2026-06-01', at: '2026-06-01T10:00Z' }], [[], { id: 'c', about: 'r', side: 'asks', fromName: 'Ann', text: 'One', day: '2026-06-01', at: '2026-06-01T09:00Z' }], [[], { id: 'd', about: 'other', side: 'asks', text: 'No', day: '2026-06-01' }]],
    contacts: [[[], { id: 'x', about: 'r', side: 'helps', phone: '1' }], [[], { id: 'y', about: 'r', side: 'asks', phone: '2' }], [[], { id: 'z', about: 'half', side: 'asks', phone: '3' }]],
  }).rows

  it('stands in order, and says which side it is from', () => {
    expect(threadOf(rows, 'r', 'asks').map(({ text, mine }) => [text, mine])).toEqual([['One', true], ['Two', false]])
    expect(threadOf(rows, 'r', 'helps').map(({ mine }) => mine)).toEqual([false, true])
  })

  it('has each other’s numbers only where both gave one', () => {
    expect(numbersOf(rows, 'r', 'asks')).toEqual({ own: '2', theirs: '1' })
    expect(numbersOf(rows, 'half', 'asks')).toEqual({ own: '3', theirs: '' })
    expect(numbersOf(rows, 'half', 'helps'), 'not even of a row that should not be here').toEqual({ own: '', theirs: '' })
  })
})
