/**
 * Nudges come when they should by the clock of the community, and never leave the device.
 */
import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { Kith } from '../sync'
import { TestWorld } from '../sync/testing/world'
import { basicsDay } from './basics'
import { helplinesOf, topicsOf } from './helplines'
import { afterDone, dueNudges, faultsOf, type Nudge } from './nudges'

const LONDON = 'Europe/London'
const nudge = (more: Partial<Nudge>): Nudge => ({ id: 'n', text: 'a minute for the 2 o’clock', time: '14:00', done: '', ...more })
const due = (one: Nudge, at: string) => dueNudges([one], Date.parse(at), LONDON).length === 1

test('a weekly one comes on its day from its time, once, and again the next week', () => {
  const friday = nudge({ weekday: 5 })
  expect([due(friday, '2026-06-05T12:59Z'), due(friday, '2026-06-05T13:00Z'), due(friday, '2026-06-06T13:00Z')]).toEqual([false, true, false])
  const [done] = afterDone([friday], 'n', '2026-06-05')
  expect([due(done!, '2026-06-05T15:00Z'), due(done!, '2026-06-12T13:00Z')]).toEqual([false, true])
})

test('one that comes once stays until it is done, and is gone then', () => {
  const once = nudge({ date: '2026-06-05' })
  expect([due(once, '2026-06-05T12:00Z'), due(once, '2026-06-05T13:30Z'), due(once, '2026-06-08T08:00Z')]).toEqual([false, true, true])
  expect(afterDone([once], 'n', '2026-06-08')).toEqual([])
})

test('what is wrong with one is said', () => {
  expect(faultsOf({ text: ' ', time: '25:00', date: '' })).toEqual(['text', 'date', 'time'])
  expect(faultsOf({ text: 'x'.repeat(121), time: '09:30', weekday: 1 })).toEqual(['long'])
  expect(faultsOf({ text: 'tea', time: '09:30', weekday: 1 })).toEqual([])
})

test('the wire has none of them: whatever is asked of the server, before and after', async () => {
  const world = new TestWorld()
  const kith = await Kith.open({ name: 'nudges', env: world })
  await kith.local.set('nudges', [nudge({ text: 'canarynudge', weekday: 5 })])
  await kith.join('rosa', 'Rosa', 'Phone')
  await kith.local.set('nudges', [nudge({ text: 'canarynudge two', date: '2026-06-05' })])
  await kith.send('people.rename', { firstName: 'Zoë' })
  await world.advance(60_000)
  await kith.local.set('nudges', afterDone(kith.local.get('nudges'), 'n', '2026-06-01'))
  const left = await kith.left()
  expect(world.seen.length).toBeGreaterThan(2)
  expect(JSON.stringify([world.seen, left])).not.toContain('canarynudge')
  kith.close()
})

test('helplines stand by topic, then as they were put; a topic without one isn’t offered', () => {
  const rows = [
    { id: '1', topic: 'debt', name: 'B', order: 2, phone: '1', checked: '2026-06-01 00:00:00.000Z' }, { id: '2', topic: 'crisis', name: 'C', order: 1 }, { id: '3', topic: 'debt', name: 'A', order: 1 },
  ]
  const all = helplinesOf(rows)
  expect(all.map(({ id }) => id)).toEqual(['2', '3', '1'])
  expect(topicsOf(all)).toEqual(['crisis', 'debt'])
  expect([all[2]!.checked, all[0]!.phone]).toEqual(['2026-06-01', ''])
})

test('the cards count for who read those of now', () => {
  const rows = [{ id: '1', member: 'm', version: 1, day: '2026-06-01' }, { id: '2', member: 'x', version: 0, day: '2026-06-02' }]
  expect([basicsDay(rows, 'm'), basicsDay(rows, 'x'), basicsDay(rows, '')]).toEqual(['2026-06-01', '', ''])
})
