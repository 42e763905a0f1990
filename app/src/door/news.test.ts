import { describe, expect, test } from 'vitest'
import type { Entry, LocalFacts } from '../sync'
import { answersOf, keepSeen, keptOf, newsOf, readSeen, seenKey, seenNow, type Seen, type Standing } from './news'
import type { Person, State } from './people'

const standing = (states: Record<string, State>, more: Partial<Standing> = {}): Standing => ({
  people: Object.entries(states).map(([name, state]) => ({ regular: name.toLowerCase(), name, state }) as Person),
  heads: 0,
  taken: false,
  ...more,
})
const seen = (more: Partial<Seen> = {}): Seen => ({ day: '2026-06-04', mine: {}, told: {}, heads: 0, taken: false, ...more })

describe('what another phone changed is said once', () => {
  test('where it says something else than was said here, each is named', () => {
    const news = newsOf(seen({ mine: { mary: 'here' }, told: { clive: 'here' } }), standing({ Mary: 'away', Clive: 'none', Dot: 'excused' }))
    expect(news).toEqual([
      { kind: 'other', key: 'mary', name: 'Mary', was: 'here', is: 'away' },
      { kind: 'other', key: 'clive', name: 'Clive', was: 'here', is: 'none' },
      { kind: 'other', key: 'dot', name: 'Dot', was: 'none', is: 'excused' },
    ])
  })

  test('plain ticks and who was added are one line', () => {
    expect(newsOf(seen({ mine: { mary: 'here' } }), standing({ Mary: 'here', Ada: 'here', Joan: 'here' }))).toEqual([{ kind: 'ticked', key: 'ticked', names: ['Ada', 'Joan'] }])
  })

  test('the count, and that this is everybody', () => {
    expect(newsOf(seen(), standing({}, { heads: 34, taken: true }))).toEqual([{ kind: 'heads', key: 'heads', heads: 34 }, { kind: 'taken', key: 'taken', taken: true }])
  })

  test('who has read it isn’t told again, and who opens the door for the first time is told nothing', () => {
    const now = standing({ Mary: 'away', Ada: 'here' }, { heads: 3 })
    expect(newsOf(seenNow('2026-06-04', now, seen({ mine: { mary: 'here' } })), now)).toEqual([])
    expect(newsOf(seenNow('2026-06-04', now), now)).toEqual([])
  })
})

const entry = (args: object, replaced?: unknown): Entry =>
  ({ nonce: 'n', number: 1, name: 'registers.mark', args: { listing: 'l', occurrence: 'o', ...args }, at: '', state: 'merged', result: { replaced } }) as Entry

describe('what the server answers', () => {
  const nameOf = (mark: string) => (mark === 'm' ? 'Mary' : '')

  test('where this phone was the later one it says what the other had said; else the rows say it', () => {
    const marks = { marks: [{ regular: 'mary', state: 'here' }] }
    expect(keptOf([entry(marks, [{ id: 'm', column: 'state', was: 'away', is: 'here' }])], nameOf)).toEqual([{ kind: 'kept', key: 'kept m', name: 'Mary', was: 'away', is: 'here' }])
    expect(keptOf([entry(marks, [{ id: 'm', column: 'state', was: 'away', is: 'away' }])], nameOf)).toEqual([])
    expect(keptOf([entry(marks, [{ id: 'gone', column: 'state', was: 'away', is: 'here' }]), entry(marks)], nameOf)).toEqual([])
  })

  test('and so of a count', () => {
    expect(keptOf([entry({ heads: 34 }, [{ id: 'r', column: 'heads', was: '31', is: '34' }])], nameOf)).toEqual([{ kind: 'headsKept', key: 'kept heads', was: 31, is: 34 }])
    expect(keptOf([entry({ heads: 34 }, [{ id: 'r', column: 'heads', was: '31', is: '31' }])], nameOf)).toEqual([])
  })

  test('only of that session', () => {
    expect(answersOf([entry({}), entry({ occurrence: 'p' }), { ...entry({}), state: 'waiting' }], 'l', 'o')).toHaveLength(1)
  })
})

test('what was seen is kept for as long as a register can change, and no longer', async () => {
  const facts = new Map<string, unknown>()
  const local: LocalFacts = { get: (key) => facts.get(key), set: async (key, value) => void facts.set(key, value), subscribe: () => () => undefined }
  const now = Date.parse('2026-06-25T12:00Z')
  await keepSeen(local, 'old', seen({ day: '2026-06-03' }), now)
  await keepSeen(local, 'late', seen({ day: '2026-06-05' }), now)
  await keepSeen(local, 'new', seen({ day: '2026-06-25', heads: 5 }), now)
  expect([readSeen(facts.get(seenKey), 'old'), readSeen(facts.get(seenKey), 'late')?.day, readSeen(facts.get(seenKey), 'new')?.heads]).toEqual([undefined, '2026-06-05', 5])
})
