import { beforeAll, describe, expect, test } from 'vitest'
import { Base } from '../base'
import { isLearned, learn, overlay } from '../overlay'
import type { Saved } from '../queue'
import { View } from '../view'

const TOM = { member: 'tom', device: 'd', firstName: 'Tom', roles: ['coordinator'] }
const AT = '2026-06-01T09:00:00.000Z'
let number = 0

const command = (name: string, args: any): Saved => ({ nonce: `n${++number}`, number, name, v: 1, args, at: AT, offset: 0, seen: 0, member: 'tom', sent: false, settled: false })

function town(): Base {
  const base = new Base()
  const rows: [string, string, object][] = [
    ['coordinators', 'members', { id: 'rosa', firstName: 'Rosa', standing: 'active' }],
    ['coordinators', 'roles', { id: 'r1', member: 'rosa', role: 'activator', shop: '' }],
    ['coordinators', 'devices', { id: 'd1', member: 'rosa', name: 'Phone', revoked: false, pending: true, match: '123456', wipe: false }],
    ['coordinators', 'invites', { id: 'i1', role: 'resident', ended: false }],
    ['coordinators', 'recoveries', { id: 'c1', member: 'rosa', kind: 'desk', status: 'open', openedBy: 'pearl', confirmedBy: '' }],
    ['coordinators', 'consents', { id: 'k1', member: 'rosa', helper: 'pearl', status: 'active' }],
    ['coordinators', 'vouches', { id: 'v1', member: 'rosa', kind: 'known' }],
    ['coordinators', 'reports', { id: 'p1', status: 'open', outcome: '' }],
  ]
  base.apply(rows.map(([audience, collection, data], index) => ({ row: [audience, collection, (data as any).id, index + 1, data] as any })), new Set())
  return base
}

function after(...commands: Saved[]) {
  const view = new View()
  view.update(town(), commands, TOM, new Set())
  return (collection: string, id: string) => view.rows(collection).get(id)
}

beforeAll(async () => {
  await learn()
})

describe('what the desk does shows at once', () => {
  test('a role is given once, and taken', () => {
    const at = after(
      command('roles.give', { id: 'r2', member: 'rosa', role: 'owner', shop: 's1' }), command('roles.give', { id: 'r3', member: 'rosa', role: 'activator' }), command('roles.take', { id: 'r1' }),
    )
    expect([at('roles', 'r2'), at('roles', 'r3'), at('roles', 'r1')]).toEqual([{ id: 'r2', member: 'rosa', role: 'owner', shop: 's1' }, undefined, undefined])
    const rows = overlay(town(), [command('roles.give', { id: 'r2', member: 'rosa', role: 'owner', shop: 's1' })], TOM)
    expect(rows.get('roles')?.get('r2')?.auds).toEqual(['member/rosa', 'coordinators', 'owners/s1'])
  })

  test('a role that was taken can be given again', () => {
    const at = after(command('roles.take', { id: 'r1' }), command('roles.give', { id: 'r9', member: 'rosa', role: 'activator' }))
    expect([at('roles', 'r1'), at('roles', 'r9')?.role]).toEqual([undefined, 'activator'])
  })

  test('people, shops and invites that were made are there', () => {
    const at = after(
      command('people.add', { id: 'm2', firstName: 'Abdi' }), command('shops.add', { id: 's1', name: 'Ayres' }),
      command('invites.make', { id: 'i2', codeHash: 'h', role: 'resident', uses: 40, days: 7, note: 'poster' }),
    )
    expect(at('members', 'm2')).toMatchObject({ firstName: 'Abdi', noPhone: true, standing: 'active', created: AT })
    expect(at('shops', 's1')).toEqual({ id: 's1', name: 'Ayres', place: '', status: 'active' })
    expect(at('invites', 'i2')).toEqual({ id: 'i2', role: 'resident', shop: '', uses: 40, usesLeft: 40, expires: '2026-06-08T09:00:00.000Z', created: AT, by: 'tom', note: 'poster', ended: false })
  })

  test('standing, invites and devices change as they were told to', () => {
    const at = after(
      command('people.suspend', { member: 'rosa' }), command('invites.end', { id: 'i1' }), command('devices.admit', { id: 'd1', match: '123456' }),
      command('devices.wipe', { id: 'd1' }), command('devices.rename', { id: 'd1', name: 'Till' }), command('devices.revoke', { id: 'nobody' }),
    )
    expect(at('members', 'rosa')?.standing).toBe('suspended')
    expect(at('invites', 'i1')?.ended).toBe(true)
    expect(at('devices', 'd1')).toMatchObject({ pending: false, match: '', wipe: true, name: 'Till', revoked: false })
    expect(at('devices', 'nobody')).toBeUndefined()
    expect(after(command('people.suspend', { member: 'rosa' }), command('people.restore', { member: 'rosa' }))('members', 'rosa')?.standing).toBe('active')
    expect(after(command('devices.refuse', { id: 'd1' }))('devices', 'd1')).toMatchObject({ pending: false, revoked: true })
  })

  test('helping back, acting for, vouches and reports move on', () => {
    const at = after(
      command('recovery.confirm', { id: 'c1', codeHash: 'h' }), command('recovery.open', { id: 'c2', member: 'rosa' }), command('acting.end', { id: 'k1' }),
      command('acting.record', { id: 'k2', member: 'rosa', helper: 'tom', how: 'inPerson', scopes: ['visits'], until: '2026-12-01' }),
      command('safety.vouch', { id: 'v2', member: 'rosa', kind: 'dbs', seenOn: '2026-05-01' }), command('safety.unvouch', { id: 'v1' }),
      command('reports.acknowledge', { id: 'p1' }), command('reports.close', { id: 'p1', outcome: 'Spoke to both' }),
    )
    expect(at('recoveries', 'c1')).toMatchObject({ status: 'ready', confirmedBy: 'tom', expires: '2026-06-01T09:15:00.000Z' })
    expect(at('recoveries', 'c2')).toMatchObject({ status: 'open', kind: 'desk', firstName: 'Rosa', openedBy: 'tom' })
    expect(at('consents', 'k1')).toMatchObject({ status: 'ended', endedBy: 'tom' })
    expect(at('consents', 'k2')).toMatchObject({ helper: 'tom', status: 'active', recordedBy: 'tom' })
    expect([at('vouches', 'v1'), at('vouches', 'v2')?.kind]).toEqual([undefined, 'dbs'])
    expect(at('reports', 'p1')).toMatchObject({ status: 'closed', outcome: 'Spoke to both', closed: AT })
  })
})

test('effects that were learned answer for every command', () => {
  expect(['visits.come', 'roles.give', 'nonsense'].map(isLearned)).toEqual([true, true, true])
})
