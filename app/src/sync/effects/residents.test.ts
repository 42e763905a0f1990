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
      { row: ['member/rosa', 'members', 'rosa', 1, { id: 'rosa', firstName: 'Rosa', standing: 'active' }] },
      { row: ['member/rosa', 'recoveries', 'old', 2, { id: 'old', member: 'rosa', kind: 'card', status: 'ready' }] },
      { row: ['member/rosa', 'consents', 'c', 3, { id: 'c', member: 'rosa', helper: 'tom', status: 'active' }] },
      { row: ['member/rosa', 'consents', 'other', 4, { id: 'other', member: 'rosa', helper: 'sam', status: 'active' }] },
      { row: ['member/rosa', 'blocks', 'b', 5, { id: 'b', member: 'rosa', blocked: 'pat' }] },
    ],
    new Set(),
  )
  const changes = overlay(base, commands, ME)
  return (collection: string, id: string) => changes.get(collection)?.get(id)
}

describe('what anybody does for themselves shows at once', () => {
  test('a new recovery card takes the place of the old one', () => {
    const found = after(command('recovery.card', { id: 'new', codeHash: 'h' }))
    expect(found('recoveries', 'old')).toBeNull()
    expect(found('recoveries', 'new')).toMatchObject({ row: { member: 'rosa', status: 'ready', expires: '2027-06-02T09:00:00.000Z' }, auds: ['member/rosa'] })
  })

  test('an offer waits for whoever scans it, and has no code in it', () => {
    const row = after(command('acting.offer', { id: 'o', codeHash: 'h', scopes: ['visits'], until: AT }))('consents', 'o')?.row
    expect(row).toMatchObject({ member: 'rosa', helper: '', status: 'offered', how: 'self' })
    expect(row).not.toHaveProperty('codeHash')
  })

  test('a block ends what the two had with each other, and nothing else', () => {
    const found = after(command('safety.block', { id: 'n', blocked: 'tom' }))
    expect(found('blocks', 'n')).toMatchObject({ row: { member: 'rosa', blocked: 'tom' } })
    expect(found('consents', 'c')).toMatchObject({ row: { status: 'ended', endedBy: 'rosa' } })
    expect(found('consents', 'other')).toBeUndefined()
    expect(after(command('safety.unblock', { id: 'b' }))('blocks', 'b')).toBeNull()
  })

  test('leaving and telling the coordinators', () => {
    expect(after(command('people.leave', { why: 'moved' }))('members', 'rosa')).toMatchObject({ row: { standing: 'moved' } })
    expect(after(command('reports.make', { id: 'r', kind: 'worry', text: 'x' }))('reports', 'r')).toMatchObject({ row: { by: 'rosa', about: '', status: 'open' } })
  })
})
