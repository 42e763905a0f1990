import { describe, expect, test } from 'vitest'
import { Base } from './base'
import { learn, overlay } from './overlay'
import type { Saved } from './queue'

const ME = { member: 'rosa', device: 'd', firstName: 'Rosa', roles: [] }
const AT = '2026-06-01T12:00:00.000Z' // the same day in nearly every zone

function command(name: string, args: any, more: Partial<Saved> = {}): Saved {
  return { nonce: `${name}${JSON.stringify(args)}`, number: 1, name, v: 1, args, at: AT, offset: 0, seen: 0, member: 'rosa', sent: false, settled: false, ...more }
}

function town(): Base {
  const base = new Base()
  base.apply(
    [
      { row: ['public', 'listings', 'lunch', 1, { id: 'lunch', title: 'Lunch club', status: 'active', checked: '2026-01-01' }] },
      { row: ['member/rosa', 'visits', 'mine', 2, { id: 'mine', listing: 'lunch', occurrence: 'june', firstName: 'Rosa', welcome: 'none', status: 'coming' }] },
      { row: ['host/lunch', 'visits', 'theirs', 3, { id: 'theirs', listing: 'lunch', occurrence: 'july', firstName: 'Sam', welcome: 'none', status: 'coming' }] },
      { row: ['member/rosa', 'members', 'rosa', 4, { id: 'rosa', firstName: 'Rosa' }] },
    ],
    new Set(),
  )
  return base
}

function after(...commands: Saved[]) {
  const changes = overlay(town(), commands, ME)
  return (collection: string, id: string) => changes.get(collection)?.get(id)
}

await learn()

describe('effects', () => {
  test('what is done for somebody is theirs, and changes the visit that they have', () => {
    const base = town()
    base.apply([{ row: ['helped/ade', 'visits', 'ades', 5, { id: 'ades', listing: 'lunch', occurrence: 'june', firstName: 'Ade', welcome: 'none', status: 'coming' }] }], new Set())
    const one = overlay(base, [command('visits.come', { id: 'n1', listing: 'lunch', occurrence: 'june', firstName: 'Ade', welcome: 'door' }, { for: 'ade' })], ME)
    expect(one.get('visits')?.get('ades')).toMatchObject({ row: { welcome: 'door' }, auds: ['helped/ade'] })
    expect(one.get('visits')?.get('mine')).toBeUndefined()
    const other = overlay(base, [command('visits.come', { id: 'n2', listing: 'lunch', occurrence: 'july', firstName: 'Ade', welcome: 'none' }, { for: 'ade' })], ME)
    expect(other.get('visits')?.get('n2')).toMatchObject({ auds: ['member/ade'] })
  })

  test('visits.come puts a visit that is mine', () => {
    const visit = after(command('visits.come', { id: 'new', listing: 'lunch', occurrence: 'july', welcome: 'door' }))('visits', 'new')
    expect(visit).toEqual({
      row: { id: 'new', listing: 'lunch', occurrence: 'july', firstName: '', say: '', interests: [], first: false, welcome: 'door', status: 'coming' },
      auds: ['member/rosa'],
    })
  })

  test('a second visits.come for one occurrence changes my first, and not somebody else’s', () => {
    const at = after(
      command('visits.come', { id: 'again', listing: 'lunch', occurrence: 'june', firstName: 'R', welcome: 'door' }),
      command('visits.come', { id: 'other', listing: 'lunch', occurrence: 'july', welcome: 'none' }),
    )
    expect(at('visits', 'mine')!.row).toMatchObject({ firstName: 'R', welcome: 'door', status: 'coming' })
    expect(at('visits', 'again')).toBeUndefined()
    expect(at('visits', 'theirs')).toBeUndefined()
    expect(at('visits', 'other')).toBeDefined()
  })

  test('visits.cancel cancels, also what was only just made', () => {
    const at = after(
      command('visits.come', { id: 'new', listing: 'lunch', occurrence: 'july', welcome: 'none' }),
      command('visits.cancel', { id: 'new' }),
      command('visits.cancel', { id: 'mine' }),
      command('visits.cancel', { id: 'unknown' }),
    )
    expect(at('visits', 'new')!.row.status).toBe('cancelled')
    expect(at('visits', 'mine')).toMatchObject({ row: { status: 'cancelled' }, auds: ['member/rosa'] })
    expect(at('visits', 'unknown')).toBeUndefined()
  })

  test('listings.add is seen by everybody, or as a draft by activators', () => {
    const at = after(command('listings.add', { id: 'new', title: 'Choir' }), command('listings.add', { id: 'draft', title: 'Quiz', status: 'draft' }))
    expect(at('listings', 'new')).toMatchObject({ row: { title: 'Choir', status: 'active', checked: '2026-06-01', schedule: [] }, auds: ['public'] })
    expect(at('listings', 'draft')!.auds).toEqual(['activators'])
  })

  test('listings.edit changes what is in set and nothing else, in order', () => {
    const at = after(
      command('listings.edit', { id: 'lunch', set: { title: 'Lunch' }, was: {} }),
      command('listings.edit', { id: 'lunch', set: { status: 'draft', id: 'evil' }, was: {} }),
      command('listings.edit', { id: 'unknown', set: { title: 'x' }, was: {} }),
    )
    expect(at('listings', 'lunch')).toEqual({
      row: { id: 'lunch', title: 'Lunch', status: 'draft', checked: '2026-01-01' }, auds: ['activators'],
    })
    expect(at('listings', 'unknown')).toBeUndefined()
  })

  test('listings.check dates the check with the day it was done', () => {
    expect(after(command('listings.check', { id: 'lunch' }))('listings', 'lunch')!.row.checked).toBe('2026-06-01')
  })

  test('places.add and people.rename show at once', () => {
    const at = after(command('places.add', { id: 'hall', name: 'Hall' }), command('people.rename', { firstName: 'Rosie' }))
    expect(at('places', 'hall')).toMatchObject({ row: { name: 'Hall', access: [] }, auds: ['public'] })
    expect(at('members', 'rosa')!.row.firstName).toBe('Rosie')
  })

  test('what is settled, and what this app does not know, has no effect', () => {
    const settled = command('listings.check', { id: 'lunch' }, { settled: true })
    const at = after(settled, command('nonsense', {}), command('toString', {}), command('constructor', {}))
    expect(at('listings', 'lunch')).toBeUndefined()
  })

  test('effects leave the server’s rows as they are', () => {
    const base = town()
    const before = JSON.stringify([...base.live()])
    overlay(base, [command('listings.edit', { id: 'lunch', set: { title: 'x' } }), command('visits.cancel', { id: 'mine' })], ME)
    expect(JSON.stringify([...base.live()])).toBe(before)
  })
})
