import { describe, expect, test } from 'vitest'
import { Base } from '../base'
import { learn, overlay } from '../overlay'
import type { Saved } from '../queue'
import { derived } from './derived'

const ME = { member: 'rosa', device: 'd', firstName: 'Rosa', roles: [] }
const AT = '2026-06-01T09:00:00.000Z'
const command = (name: string, args: any, who?: string): Saved => ({ nonce: name, number: 1, name, v: 1, args, at: AT, offset: 0, seen: 0, member: 'rosa', sent: false, settled: false, ...(who ? { for: who } : {}) })
const own = 'own'

await learn()

function after(...commands: Saved[]) {
  const base = new Base()
  base.apply(
    [
      { row: ['members', 'asks', 'theirs', 1, { id: 'theirs', firstName: 'Ann', day: '2026-06-04', status: 'open' }] },
      { row: ['members', 'asks', 'other', 1, { id: 'other', firstName: 'Ann', day: '2026-06-05', status: 'open' }] },
      { row: ['member/rosa', 'asks', 'mine', 2, { id: 'mine', firstName: 'Rosa', day: '2026-06-04', status: 'open' }] },
      { row: ['member/rosa', 'replies', 'femi', 3, { id: 'femi', ask: 'mine', firstName: 'Femi', safety: 'known', status: 'offered' }] },
      { row: ['member/rosa', 'replies', 'bea', 4, { id: 'bea', ask: 'mine', firstName: 'Bea', safety: 'dbs', status: 'chosen' }] },
      { row: ['member/rosa', 'replies', own, 5, { id: own, ask: 'theirs', firstName: 'Rosa', safety: 'dbs', words: 'At ten', status: 'over' }] },
      { row: ['member/rosa', 'contacts', 'n', 6, { id: 'n', about: 'bea', side: 'helps', phone: '020' }] },
      { row: ['helped/mum', 'members', 'mum', 7, { id: 'mum', firstName: 'Peggy' }] },
      { row: ['member/rosa', 'circleHelpers', 'me', 8, { id: 'me', circle: 'c' }] },
      { row: ['organise/o', 'circleHelpers', 'them', 9, { id: 'them', circle: 'o' }] },
    ],
    new Set(),
  )
  const changes = overlay(base, commands, ME)
  return (collection: string, id: string) => changes.get(collection)?.get(id)
}

describe('asking for a hand shows at once', () => {
  test('an ask stands on the board, with the name of whom it is for', () => {
    const args = { id: 'n', kind: 'walk', day: '2026-06-05', part: 'morning', words: 'Slowly' }
    expect(after(command('asks.make', args))('asks', 'n')).toEqual({ row: { ...args, firstName: 'Rosa', status: 'open' }, auds: ['member/rosa'] })
    expect(after(command('asks.make', args, 'mum'))('asks', 'n')).toMatchObject({ row: { firstName: 'Peggy' }, auds: ['member/mum'] })
  })

  test('what is settled keeps who was chosen; what was taken back keeps nobody, and no number', () => {
    const settled = after(command('asks.settle', { id: 'mine' }))
    expect([settled('asks', 'mine')?.row.status, settled('replies', 'femi')?.row.status, settled('replies', 'bea'), settled('contacts', 'n')]).toEqual(['settled', 'over', undefined, undefined])
    const over = after(command('asks.end', { id: 'mine' }))
    expect([over('asks', 'mine')?.row.status, over('replies', 'bea')?.row.status, over('contacts', 'n')]).toEqual(['over', 'over', null])
  })

  test('“I can” is one reply a person, also the second time', () => {
    expect(after(command('replies.make', { id: 'x', ask: 'theirs', words: 'At nine' }))('replies', own)).toMatchObject({ row: { id: own, words: 'At nine', safety: 'dbs', status: 'offered' } })
    expect(after(command('replies.make', { id: 'x', ask: 'other' }))('replies', 'x')).toMatchObject({ row: { id: 'x', ask: 'other', status: 'offered' }, auds: ['member/rosa'] })
    expect(after(command('replies.choose', { id: 'femi' }))('replies', 'femi')?.row.status).toBe('chosen')
    const ended = after(command('replies.end', { id: 'bea' }))
    expect([ended('replies', 'bea')?.row.status, ended('contacts', 'n')]).toEqual(['over', null])
  })

  test('a number and a message are of the side that one stands on', () => {
    const side = (about: string, who?: string) => after(command('messages.send', { id: 'm', about, text: 'Hello' }, who))('messages', 'm')?.row.side
    expect([side('femi'), side(own), side('me'), side('them')]).toEqual(['asks', 'helps', 'helps', 'asks'])
    const given = after(command('contacts.share', { about: 'femi', phone: '020 1' }))('contacts', derived('contact', 'femi', 'asks'))
    expect(given).toMatchObject({ row: { side: 'asks', phone: '020 1' }, auds: ['member/rosa'] })
    expect(after(command('contacts.end', { about: 'bea' }))('contacts', 'n')).toBeNull()
  })

  test('a block ends what the two have, and says of what it is', () => {
    const blocked = after(command('asks.block', { id: 'b', about: 'bea' }))
    expect([blocked('replies', 'bea')?.row.status, blocked('contacts', 'n')]).toEqual(['over', null])
    expect(after(command('asks.block', { id: 'b', about: 'theirs' }))('blocks', 'b')).toEqual({ row: { id: 'b', member: 'rosa', blocked: '', about: 'theirs' }, auds: ['member/rosa'] })
  })
})
