import { expect, it } from 'vitest'
import type { Entry, Row } from '../sync'
import { changesOf } from './changes'
import type { Held } from './rota'

const FIRST = '2026-06-04T10:30'
const SECOND = '2026-06-11T10:30'
const entry = (more: Partial<Entry>): Entry => ({ nonce: 'n', number: 1, name: 'turns.take', args: { slot: 'walk', occurrence: FIRST }, at: '', state: 'merged', result: { taken: true }, ...more })
const notice = (id: string, template: string, ref: string, more: Partial<Row> = {}): Row => ({ id, template, ref, read: false, at: '2026-06-01T09:00:00.000Z', ...more })

function changed(outbox: Entry[], notices: Row[] = []) {
  const all: Record<string, Row[]> = {
    notices, slots: [{ id: 'walk', circle: 'ada' }, { id: 'tea', circle: 'bea' }],
    turns: [{ id: 't1', slot: 'walk', occurrence: FIRST }, { id: 't2', slot: 'walk', occurrence: SECOND }, { id: 't3', slot: 'tea', occurrence: FIRST }],
    swaps: [{ id: 'w', slot: 'walk', occurrence: SECOND }],
  }
  const held: Held = { who: 'maya', holders: () => [], rows: (collection) => new Map((all[collection] ?? []).map((row) => [row.id, row])) }
  return changesOf(held, outbox, 'ada')
}

it('a take that came second is told once, whether its answer or the notice was here first', () => {
  const told = { slot: 'walk', occurrence: FIRST, what: 'notYours', text: '' }
  expect(changed([entry({})])).toEqual([{ ...told, nonces: ['n'], notices: [] }])
  expect(changed([], [notice('a', 'turn.notYours', 't1')])).toEqual([{ ...told, nonces: [], notices: ['a'] }])
  expect(changed([entry({})], [notice('a', 'turn.notYours', 't1')])).toEqual([{ ...told, nonces: ['n'], notices: ['a'] }])
})

it('of one turn the latest word stands, and settles what was said before', () => {
  const both = [notice('b', 'turn.off', 't1', { at: '2026-06-02T09:00:00.000Z' }), notice('a', 'turn.yours', 't1')]
  expect(changed([entry({})], both)).toEqual([{ slot: 'walk', occurrence: FIRST, what: 'off', text: '', nonces: ['n'], notices: ['a', 'b'] }])
})

it('who stood by for what was nobody’s by then has it; and what moved meanwhile is told as it is now', () => {
  expect(changed([entry({ name: 'turns.standby', result: { yours: true } })])[0]).toMatchObject({ occurrence: FIRST, what: 'yours', nonces: ['n'] })
  expect(changed([entry({ result: { taken: true, occurrence: SECOND } })])[0]).toMatchObject({ occurrence: SECOND, what: 'notYours' })
})

it('what was refused is said as the server says it', () => {
  expect(changed([entry({ name: 'swaps.yes', args: { id: 'w' }, state: 'rejected', result: undefined, message: 'That turn is theirs no longer.' })])).toEqual([
    { slot: 'walk', occurrence: SECOND, what: 'refused', text: 'That turn is theirs no longer.', nonces: ['n'], notices: [] },
  ])
})

it('what waits, was read, is of another circle, or is fine is no change', () => {
  const outbox = [entry({ state: 'waiting', result: undefined }), entry({ result: {} }), entry({ args: { slot: 'tea', occurrence: FIRST } }), entry({ name: 'slots.add', state: 'rejected' })]
  expect(changed(outbox, [notice('a', 'turn.off', 't1', { read: true }), notice('b', 'turn.off', 't3'), notice('c', 'turn.tomorrow', 't1'), notice('d', 'turn.off', 'unknown')])).toEqual([])
})
