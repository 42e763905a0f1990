import { describe, expect, it } from 'vitest'
import { matcher } from '../listings/search'
import type { Row } from '../sync'
import { staffOf } from '../shop/staff'
import { pageOf, sentenceOf, type AuditEntry } from './audit'
import { dueOf } from './due'
import { isResponder, isUnwritten, peopleOf } from './people'

const rowsOf = (...rows: Row[]) => new Map(rows.map((row) => [row.id, row]))
const member = (id: string, firstName: string, more: Partial<Row> = {}): Row => ({ id, firstName, created: '2026-05-01T09:00:00.000Z', standing: 'active', noPhone: false, hasEmail: false, ...more })

describe('people at the desk', () => {
  const people = peopleOf(
    rowsOf(member('r', 'Rosa'), member('p', 'Pearl'), member('a', 'Abdi', { noPhone: true, standing: 'suspended' }), member('z', 'Zoë')),
    rowsOf({ id: '1', member: 'p', role: 'owner', shop: 's' }, { id: '2', member: 'p', role: 'activator', shop: '' }),
    rowsOf({ id: 's', name: 'Ayres the baker' }),
  )
  const found = (words: string) => people.filter((one) => matcher(words)(one.folded)).map((one) => one.name)

  it('stand by name, with their roles and shops', () => {
    expect(people.map((one) => one.name)).toEqual(['Abdi', 'Pearl', 'Rosa', 'Zoë'])
    expect(people[1]?.roles.map((held) => [held.role, held.shopName])).toEqual([['activator', ''], ['owner', 'Ayres the baker']])
  })
  it('are found by name, role, shop, standing and having no phone', () => {
    expect([found('ros'), found('activator'), found('ayres'), found('suspended'), found('no phone'), found('zoe'), found('nobody')]).toEqual([['Rosa'], ['Pearl'], ['Pearl'], ['Abdi'], ['Abdi'], ['Zoë'], []])
  })
})

describe('whom nothing urgent reaches by mail', () => {
  it('is who looks into concerns, takes part, and has no address', () => {
    const people = peopleOf(
      rowsOf(member('a', 'Coach'), member('b', 'Lead', { hasEmail: true }), member('c', 'Lead too'), member('d', 'Coach who is away', { standing: 'suspended' }), member('e', 'Listener'), member('f', 'Resident')),
      rowsOf(...[['a', 'coach'], ['b', 'coordinator'], ['c', 'coordinator'], ['c', 'owner'], ['d', 'coach'], ['e', 'listener']].map(([member, role], at) => ({ id: `${at}`, member, role, shop: '' }))),
      rowsOf(),
    )
    expect(people.filter(isResponder).map(({ name }) => name)).toEqual(['Coach', 'Lead', 'Lead too'])
    expect(people.filter(isUnwritten).map(({ name }) => name)).toEqual(['Coach', 'Lead too'])
  })
})

describe('by when a report must be answered', () => {
  it('is said in days of the community, with its urgency', () => {
    const due = (stamp: string) => dueOf(stamp, '2026-06-10', 'Europe/London')
    expect(due('2026-06-30T10:00:00.000Z')).toEqual({ day: '2026-06-30', text: '20 days left', tone: 'calm' })
    expect(due('2026-06-12T23:30:00.000Z')).toMatchObject({ day: '2026-06-13', text: '3 days left', tone: 'soon' })
    expect([due('2026-06-10').text, due('2026-06-11').text, due('2026-06-09').text, due('2026-06-01').tone]).toEqual(['today', '1 day left', '1 day late', 'late'])
    expect(due('')).toEqual({ day: '', text: '', tone: 'calm' })
  })
})

describe('the record of what was done', () => {
  const collections: Record<string, ReadonlyMap<string, Row>> = {
    members: rowsOf(member('tom', 'Tom'), member('pearl', 'Pearl')), roles: rowsOf(), shops: rowsOf({ id: 's', name: 'Ayres' }),
    devices: rowsOf({ id: 'd', member: 'pearl', name: 'Tablet' }), invites: rowsOf({ id: 'i', role: 'resident', shop: '' }),
    consents: rowsOf({ id: 'c', member: 'pearl', helper: 'tom' }),
  }
  const say = (action: string, subject: string, detail: Record<string, string> = {}, actor = 'tom') =>
    sentenceOf({ number: 1, at: '', actor, device: '', action, subject, detail }, (name) => collections[name] ?? new Map())

  it('says what the server did by itself, and never who passed a concern on', () => {
    const nobody = (action: string, detail = {}) => sentenceOf({ number: 1, at: '', actor: '', device: '', action, subject: 'c', detail }, (name) => collections[name] ?? new Map())
    expect(nobody('concerns.release', { why: 'role' })).toBe('Kith gave a concern back')
    expect(nobody('concerns.arrive', { basis: 'agreed' })).toBe('A concern came')
    expect(nobody('acting.expire', { member: 'pearl', helper: 'tom' })).toBe('The time was over for which Tom may act for Pearl')
  })

  it('is in words, with names looked up here', () => {
    expect(say('roles.give', 'pearl', { role: 'activator' })).toBe('Tom gave Pearl the role of activator')
    expect(say('roles.give', 'r9', { member: 'pearl', role: 'staff', shop: 's' })).toBe('Tom gave Pearl the role of shop staff, Ayres')
    expect(say('devices.revoke', 'd')).toBe('Tom shut out Tablet of Pearl')
    expect(say('invites.make', 'i')).toBe('Tom made an invite (resident)')
    expect(say('acting.end', 'c', {}, 'pearl')).toBe('Pearl ended that Tom may act for themselves')
    expect(say('people.suspend', 'pearl', {}, 'console')).toBe('Somebody at the server suspended Pearl')
  })
  it('names nobody who is not known here, and nothing that this version does not know', () => {
    expect(say('people.suspend', 'gone')).toBe('Tom suspended Somebody who has left')
    expect(say('circles.take', 'x')).toBe('Tom: circles.take')
    expect(say('toString', 'x')).toBe('Tom: toString')
    expect(say('people.erase', 'gone', { why: 'retention' }, '')).toMatch(/^Kith erased/)
  })
  it('is read from an answer, whatever is missing in it', () => {
    const page = pageOf({ entries: [{ number: 7, at: '2026-06-01T09:00:00.000Z', actor: 'tom', action: 'roles.give', subject: 'pearl', detail: '{"role":"coach"}' }], head: { number: 7, hash: 'ab' } })
    expect(page.entries[0] as AuditEntry).toEqual({ number: 7, at: '2026-06-01T09:00:00.000Z', actor: 'tom', device: '', action: 'roles.give', subject: 'pearl', detail: { role: 'coach' } })
    expect([page.head, pageOf(null)]).toEqual([{ number: 7, hash: 'ab' }, { entries: [], head: { number: 0, hash: '' } }])
  })
})

describe('staff of a shop', () => {
  it('have a name only where this device holds it', () => {
    const roles = [{ id: '3', member: 'x', role: 'staff', shop: 's' }, { id: '1', member: 'me', role: 'owner', shop: 's' }, { id: '2', member: 'k', role: 'staff', shop: 's' }, { id: '4', member: 'k', role: 'staff', shop: 'other' }]
    const devices = [{ id: 'd', member: 'x', name: 'Till tablet', pending: false }, { id: 'e', member: 'x', name: 'New', pending: true }]
    expect(staffOf(roles, devices, rowsOf(member('k', 'Kofi')), 's', 'me').map((one) => [one.name, one.role, one.devices])).toEqual([['You', 'owner', ''], ['Kofi', 'staff', ''], ['Member of staff 1', 'staff', 'Till tablet']])
  })
})
