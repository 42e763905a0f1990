import { describe, expect, it } from 'vitest'
import type { Entry, Status } from '../sync'
import { route } from './routes'
import { standingOf } from './standing'

const calm: Status = { phase: 'ready', online: true, syncing: false, lastSync: 1, pending: 0, safe: true, storage: 'ok', fault: null }
const entry = (state: Entry['state']): Entry => ({ nonce: state, number: 1, name: 'visits.come', args: {}, at: '', state })

describe('the line under the board', () => {
  it('says nothing when all is well', () => {
    expect(standingOf(calm, [], true)).toBeNull()
  })
  it('says the most pressing thing first', () => {
    const worst = { ...calm, online: false, safe: false, storage: 'full' as const, fault: 'device_unknown' }
    const all = [entry('rejected'), entry('waiting')]
    expect(standingOf(worst, all, true)?.text).toMatch(/phone is full/)
    expect(standingOf({ ...worst, storage: 'ok' }, all, true)?.link?.href).toBe('/join')
    expect(standingOf({ ...worst, storage: 'ok', fault: null }, all, true)?.text).toBe('1 thing needs a look')
    expect(standingOf({ ...worst, storage: 'ok', fault: null }, [entry('waiting')], true)?.text).toBe('No signal. 1 thing waits on your phone.')
    expect(standingOf({ ...worst, storage: 'ok', fault: null }, [], true)?.text).toMatch(/^No signal\. Everything/)
  })
  it('says what is lost when the browser threw it away, until somebody has joined again', () => {
    expect(standingOf({ ...calm, online: false }, [], false, true)).toMatchObject({ text: expect.stringMatching(/^This phone has cleared/), link: { href: '/recover' } })
    expect(standingOf(calm, [], true, true)).toBeNull()
  })
  it('counts what is waiting, and warns only who has something to lose', () => {
    expect(standingOf(calm, [entry('waiting'), entry('sending')], true)?.text).toBe('2 things are waiting to be sent')
    expect(standingOf({ ...calm, safe: false }, [], false)).toBeNull()
    expect(standingOf({ ...calm, safe: false }, [], true)?.link?.href).toBe('/about#keep')
  })
})

describe('addresses', () => {
  it('lead to their screens, with what they name', () => {
    expect([route('/').name, route('/l/abc').props, route('/l/abc/come/2026-06-04T12:00').props, route('/groups/new').props]).toEqual(
      ['front', { id: 'abc' }, { id: 'abc', occurrence: '2026-06-04T12:00' }, { id: '' }])
  })
  it('that nobody knows say so', () => {
    for (const path of ['/l/', '/l/ABC', '/l/abc/come/tomorrow', '/groups/a b', '/x']) expect(route(path).name, path).toBe('missing')
  })
})
