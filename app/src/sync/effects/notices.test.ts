import { beforeAll, describe, expect, test } from 'vitest'
import { Base } from '../base'
import { learn } from '../overlay'
import type { Saved } from '../queue'
import { View } from '../view'

const MAYA = { member: 'maya', device: 'd', firstName: 'Maya', roles: ['resident'] }
const AT = '2026-11-26T12:30:00.000Z'
let number = 0

const command = (name: string, args: any): Saved => ({ nonce: `n${++number}`, number, name, v: 1, args, at: AT, offset: 0, seen: 0, member: 'maya', sent: false, settled: false })

function after(...commands: Saved[]) {
  const base = new Base()
  const notice = (id: string, read: boolean) => ({ row: ['member/maya', 'notices', id, 1, { id, template: 'trial', ref: '', at: AT, read, about: '' }] as any })
  base.apply([notice('new', false), notice('old', true), { row: ['coordinators', 'deliveries', 'dead', 2, { id: 'dead', channel: 'push', reason: 'quota' }] as any }], new Set())
  const view = new View()
  view.update(base, commands, MAYA, new Set())
  return view
}

beforeAll(async () => {
  await learn()
})

describe('what one was told', () => {
  test('is read at once, and new again when that is undone; what isn’t here stays away', () => {
    const read = command('notices.read', { ids: ['new', 'other'] })
    expect(after(read).rows('notices').get('new')?.read).toBe(true)
    expect(after(read, command('notices.unread', { ids: ['new'] })).rows('notices').get('new')?.read).toBe(false)
    expect(after(read).rows('notices').has('other')).toBe(false)
  })
})

describe('how one is told', () => {
  test('the first choice stands beside what nobody has chosen, under one’s own id; the next leaves it', () => {
    const view = after(command('notices.choose', { set: { loyalty: 'inbox' } }), command('notices.choose', { set: { quietFrom: '20:00' } }))
    expect(view.rows('noticeChoices').get('maya')).toMatchObject({ id: 'maya', loyalty: 'inbox', notice: 'now', quietFrom: '20:00', quietUntil: '08:00' })
    expect(view.audiences('noticeChoices', 'maya')).toEqual(['member/maya'])
  })
})

test('what is sent again reached nobody no more', () => {
  expect(after(command('deliveries.again', { ids: ['dead'] })).rows('deliveries').size).toBe(0)
})
