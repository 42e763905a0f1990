import { expect, it } from 'vitest'
import { deviceName, isCode, isNameTooLong, readCode } from '../joining/code'
import type { Entry } from '../sync'
import { editAddress, listingOfEntry, nameOf, reasonOf } from './describe'

const entry = (more: Partial<Entry>): Entry => ({ nonce: 'a-b_c', number: 1, name: 'visits.come', args: { id: 'v', listing: 'l' }, at: '', state: 'rejected', ...more })

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
