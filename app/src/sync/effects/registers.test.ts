import { describe, expect, test } from 'vitest'
import { Base } from '../base'
import { learn, overlay } from '../overlay'
import type { Saved } from '../queue'
import { derived } from './derived'

const ME = { member: 'rosa', device: 'd', firstName: 'Rosa', roles: [] }
const AT = '2026-06-04T12:30:00.000Z'
const THURSDAY = { listing: 'lunch', occurrence: '2026-06-04T12:00' }
const REGISTER = derived('register', 'lunch', THURSDAY.occurrence)
const markOf = (regular: string, register = REGISTER) => derived('mark', register, regular)
let number = 0
const command = (name: string, args: any): Saved => ({ nonce: `${name}${++number}`, number, name, v: 1, args, at: AT, offset: 0, seen: 0, member: 'rosa', sent: false, settled: false })
const say = (regular: string, said: object, session = THURSDAY) => command('registers.mark', { ...session, marks: [{ regular, ...said }] })

await learn()

function after(...commands: Saved[]) {
  const base = new Base()
  const hosts = 'host/lunch'
  base.apply(
    [
      { row: [hosts, 'regulars', 'mary', 1, { id: 'mary', listing: 'lunch', firstName: 'Mary', since: '2026-01-08', ended: false }] },
      { row: [hosts, 'regulars', 'twin', 2, { id: 'twin', listing: 'lunch', firstName: 'Mary', since: '2026-06-04', ended: false }] },
      { row: [hosts, 'regulars', 'gone', 3, { id: 'gone', listing: 'lunch', firstName: 'Gus', since: '2026-01-08', ended: true }] },
      { row: ['host/quiz', 'regulars', 'other', 4, { id: 'other', listing: 'quiz', firstName: 'Olu', since: '2026-01-08', ended: false }] },
      { row: [hosts, 'visits', 'v', 5, { id: 'v', listing: 'lunch', occurrence: THURSDAY.occurrence, firstName: 'Stan', welcome: 'door', status: 'coming', regular: '' }] },
      { row: [hosts, 'registers', 'moved', 6, { id: 'moved', listing: 'lunch', occurrence: '2026-05-28T12:00', state: 'taken', heads: 9, at: AT }] },
    ],
    new Set(),
  )
  const changes = overlay(base, commands, ME)
  return (collection: string, id: string) => changes.get(collection)?.get(id)
}

describe('what is said of who came shows at once', () => {
  test('rows bear the names that the server gives them', () => {
    expect([derived('register', 'l1', '2026-06-04T12:00'), derived('mark', 'r', 'm')]).toEqual(['w2sojpctkq6p9dl', 'dib8388s11y59wj'])
  })

  test('the first tick makes the register, and each word changes only what it is about', () => {
    const at = after(say('mary', { state: 'here' }), say('mary', { welcomed: true, introduced: 'Beryl' }))
    expect(at('registers', REGISTER)).toMatchObject({ row: { listing: 'lunch', occurrence: THURSDAY.occurrence, state: 'open', heads: 0 }, auds: ['host/lunch'] })
    expect(at('marks', markOf('mary'))).toMatchObject({ row: { register: REGISTER, regular: 'mary', state: 'here', first: false, welcomed: true, introduced: 'Beryl' }, auds: ['host/lunch'] })
    expect(after(say('mary', { state: 'here' }), say('mary', { state: 'none' }))('marks', markOf('mary'))?.row.state).toBe('none')
  })

  test('nobody is ticked on the register of another group, or who is on none', () => {
    const at = after(say('other', { state: 'here' }), say('nobody', { state: 'here' }))
    expect([at('marks', markOf('other')), at('marks', markOf('nobody'))]).toEqual([undefined, undefined])
  })

  test('who had been taken off and is here again is on the list again', () => {
    expect(after(say('gone', { state: 'excused' }))('regulars', 'gone')).toBeUndefined()
    expect(after(say('gone', { state: 'here' }))('regulars', 'gone')?.row.ended).toBe(false)
  })

  test('who is added is here; whose visit it was has a line from then on, and no second one', () => {
    const add = (id: string) => command('registers.add', { ...THURSDAY, id, firstName: 'Stan', visit: 'v', first: true })
    const at = after(add('one'), add('two'))
    expect(at('regulars', 'one')).toMatchObject({ row: { listing: 'lunch', firstName: 'Stan', since: '2026-06-04', ended: false }, auds: ['host/lunch'] })
    expect(at('regulars', 'two')).toBeUndefined()
    expect(at('visits', 'v')?.row.regular).toBe('one')
    expect(at('marks', markOf('one'))?.row).toMatchObject({ state: 'here', first: true })
  })

  test('a group that meets at another hour of a day keeps the register of that day', () => {
    const at = after(say('mary', { state: 'here' }, { listing: 'lunch', occurrence: '2026-05-28T13:30' }))
    expect(at('marks', markOf('mary', 'moved'))?.row.register).toBe('moved')
    expect(at('registers', derived('register', 'lunch', '2026-05-28T13:30'))).toBeUndefined()
  })

  test('heads are counted, and a register is taken and opened again', () => {
    const at = after(command('registers.count', { ...THURSDAY, heads: 34 }), command('registers.take', THURSDAY))
    expect(at('registers', REGISTER)?.row).toMatchObject({ heads: 34, state: 'taken', at: AT })
    expect(after(command('registers.take', THURSDAY), command('registers.open', THURSDAY))('registers', REGISTER)?.row).toMatchObject({ state: 'open', at: '' })
  })

  test('a line has its name put right, is taken off, and put back', () => {
    expect(after(command('regulars.rename', { id: 'mary', firstName: 'Marie' }))('regulars', 'mary')?.row.firstName).toBe('Marie')
    expect(after(command('regulars.end', { id: 'mary' }))('regulars', 'mary')?.row.ended).toBe(true)
    expect(after(command('regulars.end', { id: 'mary' }), command('regulars.back', { id: 'mary' }))('regulars', 'mary')?.row.ended).toBe(false)
  })

  test('of two lines that are one person the other keeps what was said of either', () => {
    const at = after(say('twin', { state: 'here', welcomed: true }), command('regulars.same', { id: 'twin', as: 'mary' }))
    expect(at('regulars', 'twin')).toBeNull()
    expect(at('marks', markOf('twin'))).toBeNull()
    expect(at('marks', markOf('mary'))?.row).toMatchObject({ state: 'here', welcomed: true })
    const known = after(say('twin', { state: 'here' }), say('mary', { state: 'excused' }), command('regulars.same', { id: 'twin', as: 'mary' }))
    expect(known('marks', markOf('mary'))?.row.state).toBe('excused')
  })
})
