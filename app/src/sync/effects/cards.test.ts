import { describe, expect, test } from 'vitest'
import { Base } from '../base'
import { learn, overlay } from '../overlay'
import type { Saved } from '../queue'

const ME = { member: 'rosa', device: 'd', firstName: 'Rosa', roles: [] }
const AT = '2026-06-01T09:00:00.000Z'
const TODAY = Math.floor(Date.parse(AT) / 86_400_000)
let number = 0
const command = (name: string, args: any): Saved => ({ nonce: `${name}${++number}`, number, name, v: 1, args, at: AT, offset: 0, seen: 0, member: 'rosa', sent: false, settled: false })

await learn()

function after(...commands: Saved[]) {
  const base = new Base()
  const mine = 'member/rosa'
  base.apply(
    [
      { row: ['public', 'communities', 'k', 1, { id: 'k', scheme: { cardDays: 60 } }] },
      { row: [mine, 'accounts', 'a', 2, { id: 'a', member: 'rosa', stamps: 7, held: 0 }] },
      { row: [mine, 'cards', 'old', 3, { id: 'old', kind: 'phone', status: 'active', packed: 'x' }] },
      { row: [mine, 'cards', 'paper', 4, { id: 'paper', account: 'a', kind: 'printed', status: 'active', packed: 'y' }] },
      { row: ['public', 'rewards', 'tea', 5, { id: 'tea', title: 'A cup of tea', stamps: 6, pence: 250, status: 'active' }] },
      { row: [mine, 'vouchers', 'v', 6, { id: 'v', reward: 'tea', status: 'open', packed: 'z', stamps: 6 }] },
      { row: ['shop/s', 'shops', 's', 7, { id: 's', name: 'Gough’s', status: 'active', perk: 'Scones' }] },
      { row: ['shop/s', 'tills', 't', 8, { id: 't', shop: 's', ended: '' }] },
      { row: [mine, 'roles', 'r', 9, { id: 'r', shop: 's', member: 'rosa', role: 'owner' }] },
      { row: ['owners/s', 'reviews', 'w', 10, { id: 'w', shop: 's' }] },
    ],
    new Set(),
  )
  const changes = overlay(base, commands, ME)
  return (collection: string, id: string) => changes.get(collection)?.get(id)
}

describe('what is done with a card shows at once', () => {
  test('a new card for the phone has nothing to show yet, and leaves the others alone', () => {
    const found = after(command('cards.get', { id: 'new', key: {} }))
    expect(found('cards', 'old')).toBeUndefined()
    expect(found('cards', 'new')).toMatchObject({ row: { kind: 'phone', account: 'a', packed: '', status: 'active', expires: TODAY + 60 }, auds: ['member/rosa'] })
    expect(found('cards', 'paper')).toBeUndefined()
  })

  test('a printed card is held by whoever prints it and whom it is for, and by nobody else', () => {
    expect(after(command('cards.print', { id: 'p', member: 'pat' }))('cards', 'p')).toMatchObject({ row: { kind: 'printed', account: '', by: 'rosa', expires: TODAY + 365 }, auds: ['member/rosa', 'member/pat'] })
    expect(after(command('cards.print', { id: 'p' }))('cards', 'p')?.auds).toEqual(['member/rosa'])
  })

  test('a voucher costs its stamps, and taking it back gives them back', () => {
    const got = command('vouchers.get', { id: 'n', reward: 'tea' })
    const found = after(got)
    expect(found('accounts', 'a')?.row.stamps).toBe(1)
    expect(found('vouchers', 'n')?.row).toMatchObject({ reward: 'tea', status: 'open', packed: '', pence: 250 })
    const back = after(got, command('vouchers.cancel', { id: 'n' }))
    expect(back('accounts', 'a')?.row.stamps).toBe(7)
    expect(back('vouchers', 'n')?.row.status).toBe('void')
  })

  test('who has too few stamps gets none, and what is spent is not taken back twice', () => {
    const found = after(command('vouchers.get', { id: 'one', reward: 'tea' }), command('vouchers.get', { id: 'two', reward: 'tea' }))
    expect(found('vouchers', 'two')).toBeUndefined()
    const twice = after(command('vouchers.cancel', { id: 'v' }), command('vouchers.cancel', { id: 'v' }))
    expect(twice('accounts', 'a')?.row.stamps).toBe(13)
  })

  test('a lost card is lost', () => expect(after(command('cards.lost', { id: 'paper' }))('cards', 'paper')?.row.status).toBe('lost'))

  test('a shop changes what it says and nothing else', () => {
    const row = after(command('shops.edit', { id: 's', chatty: 'Tuesdays' }))('shops', 's')?.row
    expect(row).toMatchObject({ perk: 'Scones', chatty: 'Tuesdays', name: 'Gough’s' })
    expect(row).not.toHaveProperty('hours')
  })

  test('a shop that leaves takes its tills and its roles along', () => {
    const found = after(command('shops.leave', { id: 's' }))
    expect(found('shops', 's')?.row.status).toBe('left')
    expect(found('tills', 't')?.row.ended).toBe(AT)
    expect(found('roles', 'r')).toBeNull()
  })

  test('a till that is opened waits for its token; a review that is decided waits no more', () => {
    const found = after(command('tills.open', { id: 'n', shop: 's', key: {}, name: 'Counter' }), command('tills.end', { id: 't' }), command('stamps.review', { id: 'w', accept: true }))
    expect(found('tills', 'n')).toMatchObject({ row: { token: '', name: 'Counter', ended: '' }, auds: ['owners/s', 'shop/s', 'coordinators'] })
    expect(found('tills', 't')?.row.ended).toBe(AT)
    expect(found('reviews', 'w')).toBeNull()
  })

  test('rewards and the scheme change as they are set', () => {
    const found = after(command('rewards.edit', { id: 'tea', set: { stamps: 5 } }), command('rewards.add', { id: 'cake', title: 'Cake', stamps: 8 }), command('rewards.end', { id: 'cake' }), command('community.scheme', { set: { stampsPerDay: 3 } }))
    expect(found('rewards', 'tea')?.row).toMatchObject({ title: 'A cup of tea', stamps: 5 })
    expect(found('rewards', 'cake')?.row.status).toBe('ended')
    expect(found('communities', 'k')?.row.scheme).toEqual({ cardDays: 60, stampsPerDay: 3 })
  })
})
