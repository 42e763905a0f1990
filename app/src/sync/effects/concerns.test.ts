import { beforeAll, describe, expect, test } from 'vitest'
import { Base } from '../base'
import { learn, overlay } from '../overlay'
import type { Saved } from '../queue'
import { View } from '../view'

const IMANI = { member: 'imani', device: 'd', firstName: 'Imani', roles: ['coach'] }
const AT = '2026-11-25T15:00:00.000Z'
let number = 0

const command = (name: string, args: any): Saved => ({ nonce: `n${++number}`, number, name, v: 1, args, at: AT, offset: 0, seen: 0, member: 'imani', sent: false, settled: false })
const concern = (id: string, columns: object = {}) => ({ id, urgency: 'normal', state: 'new', lead: false, assignee: '', picked: '', closedOn: '', outcome: '', link: '', ...columns })

function town(): Base {
  const base = new Base()
  const rows: [string, string, object][] = [
    ['responders', 'concerns', concern('new')],
    ['responders', 'concerns', concern('mine', { state: 'assigned', assignee: 'imani', picked: '2026-11-20' })],
    ['responders', 'concerns', concern('toms', { state: 'assigned', assignee: 'tom', picked: '2026-11-20' })],
    ['responders', 'concerns', concern('closed', { state: 'closed', assignee: 'imani', closedOn: '2026-11-21', outcome: 'helped' })],
    ['coordinators', 'breakGlasses', { id: 'g1', concern: 'toms', seen: false }],
    ['surgery', 'surgeryNotes', { id: 's1', state: 'new' }],
    ['public', 'communities', { id: 'town', name: 'Nunhead', care: { amberDays: 1, councilPhone: '020 7946 0111' } }],
    ['public', 'helplines', { id: 'h1', name: 'Samaritans', phone: '116 123', text: '', checked: '2026-06-01' }],
    ['responders', 'onCall', { id: 'o1', name: 'Tom', phone: '020 7946 0444', order: 1 }],
  ]
  base.apply(rows.map(([audience, collection, data], index) => ({ row: [audience, collection, (data as any).id, index + 1, data] as any })), new Set())
  return base
}

function after(...commands: Saved[]) {
  const view = new View()
  view.update(town(), commands, IMANI, new Set())
  return (collection: string, id: string) => view.rows(collection).get(id)
}

beforeAll(async () => {
  await learn()
})

describe('what is done about a concern shows at once', () => {
  test('one that nobody has is taken, and given back; when it was first picked up stays', () => {
    const at = after(command('concerns.take', { id: 'new' }), command('concerns.release', { id: 'mine' }))
    expect(at('concerns', 'new')).toMatchObject({ state: 'assigned', assignee: 'imani', picked: '2026-11-25' })
    expect(at('concerns', 'mine')).toMatchObject({ state: 'new', assignee: '', picked: '2026-11-20' })
  })

  test('one that somebody has is not taken from them, and a closed one is given to nobody', () => {
    const at = after(command('concerns.take', { id: 'toms' }), command('concerns.assign', { id: 'closed', member: 'tom' }))
    expect([at('concerns', 'toms')?.assignee, at('concerns', 'closed')?.state]).toEqual(['tom', 'closed'])
  })

  test('a note shows its kind, and has no words; whoever holds the concern will hold it', () => {
    const note = command('concerns.note', { id: 'n1', concern: 'mine', kind: 'rang', hour: '2026-11-25T15', sealed: 'xxxx' })
    expect(after(note)('concernNotes', 'n1')).toEqual({ id: 'n1', concern: 'mine', by: 'imani', kind: 'rang', hour: '2026-11-25T15' })
    expect(overlay(town(), [note], IMANI).get('concernNotes')?.get('n1')?.auds).toEqual(['responders'])
  })

  test('it is closed with an outcome, and opened again for whoever had it', () => {
    expect(after(command('concerns.close', { id: 'mine', outcome: 'takenUp' }))('concerns', 'mine')).toMatchObject({ state: 'closed', outcome: 'takenUp', closedOn: '2026-11-25' })
    expect(after(command('concerns.reopen', { id: 'closed' }))('concerns', 'closed')).toMatchObject({ state: 'assigned', assignee: 'imani', outcome: '', closedOn: '' })
  })

  test('two about one person bear the same name, until one is taken out', () => {
    const linked = after(command('concerns.link', { id: 'new', other: 'mine' }))
    expect(linked('concerns', 'new')?.link).toBe(linked('concerns', 'mine')?.link)
    expect(linked('concerns', 'new')?.link).not.toBe('')
    expect(after(command('concerns.link', { id: 'new', other: 'mine' }), command('concerns.unlink', { id: 'new' }))('concerns', 'new')?.link).toBe('')
  })

  test('a look at what was broken open is over once it was seen, and a note to the surgery once it is done', () => {
    const at = after(command('breakGlasses.seen', { id: 'g1' }), command('surgery.done', { id: 's1' }))
    expect([at('breakGlasses', 'g1')?.seen, at('surgeryNotes', 's1')?.state]).toEqual([true, 'done'])
  })
})

describe('what a coordinator sets shows at once', () => {
  test('settings that were not named stay', () => {
    expect(after(command('community.care', { set: { amberDays: 2 } }))('communities', 'town')).toEqual({ id: 'town', name: 'Nunhead', care: { amberDays: 2, councilPhone: '020 7946 0111' } })
  })

  test('a helpline is added unchecked, checked, and taken away', () => {
    const at = after(command('helplines.add', { id: 'h2', topic: 'debt', name: 'Debt', phone: '0800 1' }), command('helplines.check', { id: 'h2' }), command('helplines.remove', { id: 'h1' }))
    expect([at('helplines', 'h2')?.checked, at('helplines', 'h2')?.hours, at('helplines', 'h1')]).toEqual(['2026-11-25', '', undefined])
  })

  test('a new number was checked by nobody; new hours leave the check', () => {
    expect(after(command('helplines.edit', { id: 'h1', set: { phone: '116 124' } }))('helplines', 'h1')).toMatchObject({ phone: '116 124', checked: '' })
    expect(after(command('helplines.edit', { id: 'h1', set: { phone: '116 123', hours: 'always' } }))('helplines', 'h1')).toMatchObject({ hours: 'always', checked: '2026-06-01' })
  })

  test('the list of whom to ring', () => {
    const at = after(command('onCall.add', { id: 'o2', name: 'Ruth', phone: '020 7946 0555' }), command('onCall.edit', { id: 'o1', set: { phone: '1' } }), command('onCall.remove', { id: 'o2' }))
    expect([at('onCall', 'o1'), at('onCall', 'o2')]).toEqual([{ id: 'o1', name: 'Tom', phone: '1', order: 1 }, undefined])
  })
})
