import { describe, expect, it } from 'vitest'
import { CHOICES, choicesOf, responds, timesWith, waysOf } from './choices'
import { whyNot } from '../words/notices'
import { gather } from './unreached'

describe('how one is told', () => {
  it('stands as it is meant until somebody chooses', () => {
    expect(choicesOf(undefined)).toEqual(CHOICES)
    expect(choicesOf({ id: 'maya', zone: '', quietFrom: '', quietUntil: '', digestAt: '', loyalty: '', notice: '', task: '', account: '', email: false })).toEqual(CHOICES)
  })

  it('is what was chosen, and nothing that isn’t a choice', () => {
    const row = { id: 'maya', notice: 'inbox', quietFrom: '20:15', email: true, other: 'x' }
    expect(choicesOf(row)).toEqual({ ...CHOICES, notice: 'inbox', quietFrom: '20:15', email: true })
  })

  it('has every half hour, and the one that was chosen elsewhere', () => {
    expect([timesWith('21:00').length, timesWith('21:00')[0], timesWith('21:00').at(-1)]).toEqual([48, '00:00', '23:30'])
    expect(timesWith('20:15').slice(40, 43)).toEqual(['20:00', '20:15', '20:30'])
  })

  it('can’t wait for the evening where somebody counts on it', () => {
    expect([waysOf('task'), waysOf('account'), waysOf('loyalty')]).toEqual([['now', 'inbox'], ['now', 'inbox'], ['now', 'digest', 'inbox']])
  })

  it('asks whoever is written to about something urgent for an e-mail, and nobody else', () => {
    expect([['resident', 'coach'], ['coordinator'], ['resident', 'listener', 'activator', 'owner', 'staff', 'surgery'], []].map(responds)).toEqual([true, true, false, false])
  })
})

describe('what reached nobody', () => {
  const row = (id: string, channel: string, reason: string, day: string) => ({ id, channel, reason, day, category: 'task' })

  it('stands by way and by what there is to say of it, the most first, with its first day', () => {
    const found = gather([row('a', 'push', 'UNAVAILABLE', '2026-11-25'), row('b', 'email', 'refused', '2026-11-25'), row('c', 'push', '502', '2026-11-23')])
    expect(found).toEqual([
      { channel: 'push', why: 'unavailable', ids: ['a', 'c'], since: '2026-11-23' },
      { channel: 'email', why: 'mail', ids: ['b'], since: '2026-11-25' },
    ])
  })

  it('has words for every reason that sending gives, and a general sentence for any other', () => {
    const reasons = ['key_clock', 'key_refused', 'not_permitted', 'api_off', 'no_project', 'not_plain', 'QUOTA_EXCEEDED', 'network', 'constructor', '']
    const said = gather(reasons.map((reason) => row(reason, 'push', reason, '2026-11-25'))).map(({ why }) => why)
    expect(said.sort()).toEqual(['clock', 'key', 'other', 'payload', 'permission', 'project', 'quota', 'unavailable'])
    for (const why of said) expect(whyNot).toHaveProperty(why)
  })
})
