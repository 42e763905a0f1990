import { describe, expect, it } from 'vitest'
import type { Row } from '../sync'
import { buddyOf, callsOf, groupOf, inCommon, lookedOutFor, offersOf, suited, type Held } from './pairs'

/** Rows with under which names a phone holds them. */
type Given = Record<string, [holders: string[], row: Row][]>

const held = (given: Given, me = 'me'): Held => ({
  rows: (collection) => new Map((given[collection] ?? []).map(([, row]) => [row.id, row])),
  holders: (collection, id) => given[collection]?.find(([, row]) => row.id === id)?.[0] ?? [],
  me,
})
const pairing = (id: string, status: string, more: object = {}): Row => ({ id, listing: 'l', regular: '', visit: '', buddy: 'b', buddyName: 'Femi', newcomerName: 'Stan', status, occurrence: '', welcome: '', interests: [], ...more })
const MINE = ['member/me']

describe('what one phone knows of buddies', () => {
  const offers: Given = { buddies: [[MINE, { id: 'b', listing: 'l', status: 'approved' }], [MINE, { id: 'gone', listing: 'x', status: 'ended' }], [['host/l'], { id: 'theirs', listing: 'l', status: 'approved' }]] }

  it('a buddy sees for whom they are asked, first, and for whom they look out; a host’s other pairings are not theirs', () => {
    const rows = held({ ...offers, pairings: [[MINE, pairing('1', 'open')], [MINE, pairing('2', 'asked')], [['host/l'], pairing('3', 'open', { buddy: 'theirs' })], [['host/l'], pairing('4', 'declined')]] })
    expect(lookedOutFor(rows).map((row) => row.id)).toEqual(['2', '1'])
    expect(offersOf(rows).map((row) => row.id)).toEqual(['b'])
  })

  it('a newcomer sees who looks out for them, and so does who acts for them; nobody else does', () => {
    const given: Given = { pairings: [[['member/stan', 'helped/stan', 'host/l'], pairing('1', 'open')]] }
    expect(buddyOf(held(given, 'stan'), 'l')?.buddyName).toBe('Femi')
    expect(buddyOf(held({ pairings: [[['helped/stan'], pairing('1', 'open')]] }, 'stan'), 'l')?.id).toBe('1')
    expect(buddyOf(held(given, 'host'), 'l')).toBeUndefined()
    expect(buddyOf(held(given, 'stan'), 'other')).toBeUndefined()
  })

  it('whoever is the buddy themselves is not told that they have one, and one who has lost theirs has none', () => {
    expect(buddyOf(held({ ...offers, pairings: [[MINE, pairing('1', 'open')]] }), 'l')).toBeUndefined()
    expect(buddyOf(held({ pairings: [[MINE, pairing('1', 'open', { buddy: '', buddyName: '' })]] }), 'l')).toBeUndefined()
  })

  it('has the calls of this person, and not those that are for the hosts', () => {
    const call = (id: string, state: string, due: string): Row => ({ id, state, due, toHosts: false })
    const rows = held({ calls: [[MINE, call('b', 'due', '2026-06-02')], [MINE, call('a', 'due', '2026-06-01')], [MINE, call('c', 'done', '2026-05-01')], [['host/l'], call('d', 'due', '2026-06-01')]] })
    expect([callsOf(rows, 'due').map((row) => row.id), callsOf(rows, 'done').map((row) => row.id)]).toEqual([['a', 'b'], ['c']])
  })
})

describe('a group, for those who run it', () => {
  const visit = (id: string, occurrence: string, more: object = {}): Row => ({ id, listing: 'l', occurrence, firstName: id, welcome: 'none', status: 'coming', regular: '', ...more })
  const offer = (id: string, status: string, more: object = {}): Row => ({ id, listing: 'l', firstName: id, interests: [], status, ...more })
  const group = (rows: Record<string, Row[]>) => groupOf((collection) => new Map((rows[collection] ?? []).map((row) => [row.id, row])), 'l', '2026-06-03')

  it('says who is new and has nobody: by who comes for the first time, once each, and not of what is over', () => {
    const { newcomers } = group({
      visits: [
        visit('turns', '2026-06-04T12:00'), visit('met', '2026-06-04T12:00', { welcome: 'door' }), visit('walked', '2026-06-11T12:00', { welcome: 'walk' }), visit('first', '2026-06-11T12:00', { first: true }),
        visit('over', '2026-05-28T12:00', { first: true }), visit('not', '2026-06-04T12:00', { status: 'cancelled', first: true }), visit('else', '2026-06-04T12:00', { listing: 'x', first: true }),
        visit('twice', '2026-06-18T12:00', { regular: 'r', first: true }), visit('again', '2026-06-25T12:00', { regular: 'r', first: true }), visit('known', '2026-06-04T12:00', { regular: 's' }),
      ],
    })
    expect(newcomers.map((one) => one.id)).toEqual(['first', 'twice', 'walked', 'met', 'turns'])
  })

  it('leaves out who has a buddy, who is being asked for, and who said no thanks', () => {
    const visits = ['a', 'b', 'c', 'd', 'e'].map((id) => visit(id, '2026-06-04T12:00', { first: true, regular: id === 'e' ? 'line' : '' }))
    const pairings = [pairing('1', 'open', { visit: 'a' }), pairing('2', 'asked', { visit: 'b' }), pairing('3', 'noThanks', { visit: 'c' }), pairing('4', 'ended', { visit: 'd' }), pairing('5', 'open', { regular: 'line', visit: 'older' })]
    expect(group({ visits, pairings }).newcomers.map((one) => one.id)).toEqual(['d'])
  })

  it('puts first whoever has no buddy any more, and forgets a no once another was asked', () => {
    const pairings = [pairing('1', 'open', { visit: 'a' }), pairing('2', 'asked', { visit: 'b' }), pairing('3', 'declined', { visit: 'c' }), pairing('4', 'open', { visit: 'd', buddy: '', buddyName: '' }), pairing('5', 'declined', { visit: 'b' })]
    expect(group({ pairings }).pairs.map((row) => row.id)).toEqual(['3', '4', '2', '1'])
  })

  it('counts what waits for somebody: offers, nobody reached, no buddy, and newcomers whom a buddy could meet', () => {
    const rows = { visits: [visit('a', '2026-06-04T12:00', { first: true }), visit('b', '2026-06-04T12:00')], pairings: [pairing('3', 'declined', { visit: 'c' })], calls: [{ id: 'k', listing: 'l', toHosts: true, state: 'done', outcome: 'noAnswer' }, { id: 'm', listing: 'l', toHosts: false, state: 'due', outcome: '' }], buddies: [offer('Odette', 'offered'), offer('Femi', 'approved')] }
    expect(group(rows).todo).toBe(4)
    expect(group({ ...rows, buddies: [] }).todo, 'where there are no buddies, nobody can be asked').toBe(2)
  })

  it('knows for how many somebody looks out, and names those first who like the same', () => {
    const { approved } = group({ buddies: [offer('Ann', 'approved', { interests: ['music'] }), offer('Bea', 'approved', { interests: ['quiz', 'singing'] }), offer('Cy', 'approved')], pairings: [pairing('1', 'open', { buddy: 'Ann' }), pairing('2', 'asked', { buddy: 'Ann' }), pairing('3', 'ended', { buddy: 'Cy' })] })
    expect(approved.map(({ name, busy }) => [name, busy])).toEqual([['Ann', 2], ['Bea', 0], ['Cy', 0]])
    expect(suited(approved, ['singing', 'quiz', 'music']).map(({ name }) => name)).toEqual(['Bea', 'Ann', 'Cy'])
    expect(suited(approved, []).map(({ name }) => name)).toEqual(['Bea', 'Cy', 'Ann'])
    expect(inCommon(['quiz', 'music'], ['music', 'art'])).toEqual(['music'])
  })
})
