import { describe, expect, test } from 'vitest'
import { Base } from '../base'
import { learn, overlay } from '../overlay'
import type { Saved } from '../queue'

const ME = { member: 'rosa', device: 'd', firstName: 'Rosa', roles: [] }
const AT = '2026-06-01T09:00:00.000Z'
const command = (name: string, args: any): Saved => ({ nonce: name, number: 1, name, v: 1, args, at: AT, offset: 0, seen: 0, member: 'rosa', sent: false, settled: false })

await learn()

function after(...commands: Saved[]) {
  const base = new Base()
  base.apply(
    [
      { row: ['member/rosa', 'buddies', 'mine', 1, { id: 'mine', listing: 'lunch', firstName: 'Rosa', status: 'approved', interests: ['quiz'] }] },
      { row: ['host/lunch', 'buddies', 'femi', 2, { id: 'femi', listing: 'lunch', firstName: 'Femi', status: 'offered', interests: [] }] },
      { row: ['host/lunch', 'visits', 'v', 3, { id: 'v', listing: 'lunch', occurrence: 'june', firstName: 'Stan', welcome: 'door', interests: ['music'], regular: 'line', status: 'coming' }] },
      { row: ['host/lunch', 'regulars', 'peggy', 4, { id: 'peggy', listing: 'lunch', firstName: 'Peggy' }] },
      { row: ['host/lunch', 'pairings', 'open', 5, { id: 'open', listing: 'lunch', buddy: 'femi', buddyName: 'Femi', newcomerName: 'Ann', status: 'open' }] },
      { row: ['host/lunch', 'pairings', 'asked', 6, { id: 'asked', listing: 'lunch', buddy: 'femi', buddyName: 'Femi', newcomerName: 'Bea', status: 'asked' }] },
      { row: ['member/rosa', 'pairingContacts', 'open', 7, { id: 'open', phone: '020' }] },
      { row: ['member/rosa', 'calls', 'due', 8, { id: 'due', pairing: 'p', state: 'due', outcome: '' }] },
      { row: ['host/lunch', 'calls', 'hosts', 9, { id: 'hosts', pairing: 'q', state: 'done', outcome: 'noAnswer', toHosts: true }] },
    ],
    new Set(),
  )
  const changes = overlay(base, commands, ME)
  return (collection: string, id: string) => changes.get(collection)?.get(id)
}

describe('looking out for newcomers shows at once', () => {
  test('an offer waits for those who run the group; a second one to the same group changes the first', () => {
    expect(after(command('buddies.offer', { id: 'n', listing: 'chess', interests: ['quiz'] }))('buddies', 'n')).toEqual({ row: { id: 'n', listing: 'chess', firstName: 'Rosa', interests: ['quiz'], status: 'offered' }, auds: ['member/rosa'] })
    const again = after(command('buddies.offer', { id: 'n', listing: 'lunch', interests: ['music'] }))
    expect(again('buddies', 'n')).toBeUndefined()
    expect(again('buddies', 'mine')?.row).toMatchObject({ status: 'approved', interests: ['music'] })
    expect(after(command('buddies.end', { id: 'mine' }), command('buddies.offer', { id: 'n', listing: 'lunch' }))('buddies', 'mine')?.row).toMatchObject({ status: 'offered' })
  })

  test('without their buddy who had one has none, and who was only asked for has no pairing', () => {
    for (const name of ['buddies.end', 'buddies.decline']) {
      const found = after(command(name, { id: 'femi' }))
      expect(found('pairings', 'open')?.row).toMatchObject({ status: 'open', buddy: '', buddyName: '' })
      expect(found('pairings', 'asked')?.row).toMatchObject({ status: 'ended' })
    }
    expect(after(command('buddies.approve', { id: 'femi' }))('buddies', 'femi')?.row.status).toBe('approved')
  })

  test('a buddy is asked for who comes, or is on the register, with what the hosts know', () => {
    const found = after(command('pairings.ask', { id: 'n', listing: 'lunch', visit: 'v', buddy: 'femi' }), command('pairings.ask', { id: 'm', listing: 'lunch', regular: 'peggy', buddy: 'femi' }))
    expect(found('pairings', 'n')).toEqual({
      row: { id: 'n', listing: 'lunch', visit: 'v', regular: 'line', buddy: 'femi', buddyName: 'Femi', newcomerName: 'Stan', status: 'asked', since: '2026-06-01', occurrence: 'june', welcome: 'door', interests: ['music'] },
      auds: ['host/lunch'],
    })
    expect(found('pairings', 'm')?.row).toMatchObject({ newcomerName: 'Peggy', regular: 'peggy', visit: '', occurrence: '' })
    expect(after(command('pairings.swap', { id: 'open', buddy: 'mine' }))('pairings', 'open')?.row).toMatchObject({ buddy: 'mine', buddyName: 'Rosa', status: 'asked' })
  })

  test('yes, not this time, no thanks, and the end; a number goes with it', () => {
    expect(after(command('pairings.accept', { id: 'asked' }))('pairings', 'asked')?.row.status).toBe('open')
    for (const [name, status] of [['pairings.decline', 'declined'], ['pairings.noThanks', 'noThanks'], ['pairings.end', 'ended']] as const) {
      const found = after(command(name, { id: 'open' }))
      expect([found('pairings', 'open')?.row.status, found('pairingContacts', 'open')]).toEqual([status, null])
    }
    expect(after(command('pairings.contact', { id: 'x', phone: '020 1' }))('pairingContacts', 'x')).toEqual({ row: { id: 'x', phone: '020 1' }, auds: ['member/rosa'] })
    expect(after(command('pairings.contact', { id: 'open', phone: '' }))('pairingContacts', 'open')).toBeNull()
  })

  test('a call that was made is done, and of whoever was reached no more is told', () => {
    for (const [outcome, known] of [['fine', 'spoke'], ['needs', 'spoke'], ['noAnswer', 'noAnswer']] as const) {
      expect(after(command('calls.done', { id: 'due', outcome }))('calls', 'due')?.row).toMatchObject({ state: 'done', outcome: known })
    }
    expect(after(command('calls.done', { id: 'hosts', outcome: 'fine' }))('calls', 'hosts')).toBeNull()
    expect(after(command('calls.done', { id: 'hosts', outcome: 'noAnswer' }))('calls', 'hosts')).toBeUndefined()
  })

  test('“no answer” is corrected or taken back, and that they spoke is not', () => {
    const rung = command('calls.done', { id: 'due', outcome: 'noAnswer' })
    for (const [outcome, row] of [['fine', { state: 'done', outcome: 'spoke', toHosts: false }], ['', { state: 'due', outcome: '' }]] as const) {
      expect(after(rung, command('calls.done', { id: 'due', outcome }))('calls', 'due')?.row).toMatchObject(row)
    }
    const spoke = command('calls.done', { id: 'due', outcome: 'fine' })
    for (const outcome of ['', 'noAnswer']) expect(after(spoke, command('calls.done', { id: 'due', outcome }))('calls', 'due')?.row).toMatchObject({ state: 'done', outcome: 'spoke' })
  })

  test('a card is shown to everybody, and hidden in one tap', () => {
    const show = command('hostCards.show', { text: 'At the hatch', listings: ['lunch'] })
    expect(after(show)('hostCards', 'rosa')).toEqual({ row: { id: 'rosa', firstName: 'Rosa', text: 'At the hatch', listings: ['lunch'], shown: true }, auds: ['member/rosa', 'public'] })
    expect(after(show, command('hostCards.hide', {}))('hostCards', 'rosa')?.row.shown).toBe(false)
  })
})
