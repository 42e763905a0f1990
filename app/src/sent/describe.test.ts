import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { deviceName, isCode, isNameTooLong, readCode } from '../joining/code'
import type { Entry } from '../sync'
import { sent } from '../words/sent'
import { editAddress, goesWhen, isOnItsWay, listingOfEntry, nameOf, reasonOf, textOf } from './describe'

const entry = (more: Partial<Entry>): Entry => ({ nonce: 'a-b_c', number: 1, name: 'visits.come', args: { id: 'v', listing: 'l' }, at: '', state: 'rejected', ...more })

it('every command of the protocol has a name of its own', () => {
  const protocol = readFileSync(new URL('../../../docs/protocol.md', import.meta.url), 'utf8')
  const section = protocol.slice(protocol.indexOf('\n## 8. '), protocol.indexOf('\n## 9. '))
  const commands = [...section.matchAll(/^\| `(\w+\.\w+)`/gm)].map(([, name]) => name!)
  expect(commands.length).toBeGreaterThan(100)
  expect(commands.filter((name) => !sent.names[name])).toEqual([])
})

it('what is on its way is not what came back', () => {
  const states = ['waiting', 'sending', 'rejected', 'quarantined', 'merged'] as const
  expect(states.filter((state) => isOnItsWay({ state }))).toEqual(['waiting', 'sending'])
})

it('what somebody wrote can be looked at, but not by who didn’t write it', () => {
  const message = entry({ name: 'messages.send', args: { about: 'r', text: 'At the bus stop' } })
  expect([message, entry({ name: 'asks.make', args: { kind: 'walk', words: 'To the library' } }), entry({ name: 'places.add', args: { name: 'Hall' } }), entry({})].map(textOf)).toEqual(['At the bus stop', 'To the library', 'Hall', ''])
  expect(textOf(entry({ name: 'reports.make', args: { text: 'Somebody was unkind' } }))).toBe('')
  expect(textOf({ ...message, code: 'member_changed' })).toBe('')
})

it('what came back is said in plain words', () => {
  expect(reasonOf(entry({ message: 'That day is over.' }))).toBe('This was not done. That day is over.')
  expect(reasonOf(entry({ state: 'quarantined' }))).toMatch(/did not work at our end/)
  expect(reasonOf(entry({ state: 'merged', result: { replaced: { title: 'x', prices: {} } } }))).toMatch(/title, cost/)
  expect(reasonOf(entry({ state: 'merged' }))).toMatch(/^Done/)
})

it('what came back leads to where it can be mended', () => {
  expect(editAddress(entry({}))).toBe('/l/l/come')
  expect(editAddress(entry({ name: 'listings.edit', args: { id: 'l' } }))).toBe('/groups/l#a-b_c')
  expect(editAddress(entry({ name: 'people.rename', args: {} }))).toBe('')
  expect([listingOfEntry(entry({})), listingOfEntry(entry({ name: 'listings.check', args: { id: 'x' } })), listingOfEntry(entry({ name: 'places.add', args: { id: 'p' } }))]).toEqual(['l', 'x', ''])
})

it('a command that this version does not know still has a name', () => {
  expect(nameOf(entry({ name: 'circles.take' }))).toBe('Something you did')
})

it('an invite is read from a link and by hand', () => {
  expect(readCode('7Q2K-M4XD')).toBe('7Q2K-M4XD')
  expect(readCode('%E0%A4%A')).toBe('')
  expect(['7q2k m4xd 9trf', 'abc', '<script>'].map(isCode)).toEqual([true, false, false])
  expect([isNameTooLong('é'.repeat(40)), isNameTooLong('é'.repeat(41))]).toEqual([false, true])
  expect([deviceName('Android Mobile'), deviceName('iPad'), deviceName('X11; Linux')]).toEqual(['Phone', 'Tablet', 'Computer'])
})

it('says that something is being sent only where it is, and what is to be done where it can’t be', () => {
  const when = (fault: string | null, online = true, joined = true) => goesWhen({ online, fault }, joined)
  expect(when(null)).toEqual({ text: sent.waitingOnline })
  expect(when(null, false)).toEqual({ text: sent.waitingOffline })
  expect(when('device_unknown')).toEqual({ text: sent.waitingShutOut, join: sent.joinAgain })
  expect(when('device_unknown', false).text, 'also with no signal').toBe(sent.waitingShutOut)
  expect(when(null, true, false)).toEqual({ text: sent.waitingJoin, join: sent.join })
  for (const fault of ['member_suspended', 'app_old', 'sums']) expect(when(fault).text).not.toBe(sent.waitingOnline)
})
