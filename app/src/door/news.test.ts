import { describe, expect, test } from 'vitest'
import type { Entry, LocalFacts } from '../sync'
import { answersOf, isNoNews, keepSeen, keptOf, newsOf, readSeen, seenKey, seenNow, withSaid, type Seen, type Standing } from './news'
import type { Person, State } from './people'

const standing = (states: Record<string, State>, more: Partial<Standing> = {}): Standing => ({
  people: Object.entries(states).map(([name, state]) => ({ regular: name.toLowerCase(), name, state }) as Person),
  heads: 0,
  taken: false,
  ...more,
})
const seen = (more: Partial<Seen> = {}): Seen => ({ day: '2026-06-04', mine: {}, over: {}, told: {}, heads: 0, taken: false, ...more })

describe('what another phone changed is said once', () => {
  test('where it says something else than was said here, each is named', () => {
    const news = newsOf(seen({ mine: { mary: 'here' }, told: { clive: 'here' } }), standing({ Mary: 'away', Clive: 'none', Dot: 'excused' }))
    expect(news).toEqual([
      { kind: 'other', key: 'mary', name: 'Mary', mine: true, was: 'here', is: 'away' },
      { kind: 'other', key: 'clive', name: 'Clive', mine: false, was: 'here', is: 'none' },
      { kind: 'other', key: 'dot', name: 'Dot', mine: false, was: 'none', is: 'excused' },
    ])
  })

  test('plain ticks and who was added are one line', () => {
    expect(newsOf(seen({ mine: { mary: 'here', ada: 'none' } }), standing({ Mary: 'here', Ada: 'here', Joan: 'here' }))).toEqual([{ kind: 'ticked', key: 'ticked', names: ['Ada', 'Joan'] }])
  })

  test('the count, and that this is everybody', () => {
    expect(newsOf(seen(), standing({}, { heads: 34, taken: true }))).toEqual([{ kind: 'heads', key: 'heads', heads: 34 }, { kind: 'taken', key: 'taken', taken: true }])
  })

  test('who has read it isn’t told again, and who opens the door for the first time is told nothing', () => {
    const now = standing({ Mary: 'away', Ada: 'here' }, { heads: 3 })
    expect(newsOf(seenNow('2026-06-04', now, seen({ mine: { mary: 'here', heads: '2' } })), now)).toEqual([])
    expect(newsOf(seenNow('2026-06-04', now), now)).toEqual([])
  })
})

const entry = (args: object, replaced?: unknown): Entry =>
  ({ nonce: 'n', number: 1, name: 'registers.mark', args: { listing: 'l', occurrence: 'o', ...args }, at: '', state: 'merged', result: { replaced } }) as Entry

describe('what the server answers', () => {
  const lineOf = (mark: string) => (mark === 'm' ? { regular: 'mary', name: 'Mary' } : undefined)
  const marks = { marks: [{ regular: 'mary', state: 'here' }] }
  const kept = (args: object, replaced: unknown, before: Partial<Seen> = {}) => keptOf([entry(args, replaced)], seen(before), lineOf)

  test('where this phone was the later one it says what the other had said; else the rows say it', () => {
    expect(kept(marks, [{ id: 'm', column: 'state', was: 'away', is: 'here' }])).toEqual([{ kind: 'kept', key: 'kept mary', name: 'Mary', was: 'away', is: 'here' }])
    expect(kept(marks, [{ id: 'm', column: 'state', was: 'away', is: 'away' }])).toEqual([])
    expect([kept(marks, [{ id: 'gone', column: 'state', was: 'away', is: 'here' }]), kept(marks, undefined)]).toEqual([[], []])
  })

  test('who puts right what they saw there isn’t told so', () => {
    expect(kept(marks, [{ id: 'm', column: 'state', was: 'none', is: 'here' }])).toEqual([])
    const corrected = withSaid(withSaid(seen(), 'mary', 'none', 'away'), 'mary', 'here', 'none')
    expect(corrected).toMatchObject({ mine: { mary: 'here' }, over: { mary: 'away' } })
    expect(kept(marks, [{ id: 'm', column: 'state', was: 'away', is: 'here' }], corrected)).toEqual([])
  })

  test('and so of a count', () => {
    const answer = [{ id: 'r', column: 'heads', was: '31', is: '34' }]
    expect(kept({ heads: 34 }, answer)).toEqual([{ kind: 'headsKept', key: 'kept heads', was: 31, is: 34 }])
    expect(kept({ heads: 34 }, [{ id: 'r', column: 'heads', was: '31', is: '31' }])).toEqual([])
    expect(kept({ heads: 34 }, answer, withSaid(seen(), 'heads', '34', '31'))).toEqual([])
    expect(withSaid(seen(), 'heads', '34', '0').heads).toBe(34)
  })

  test('what holds nothing new waits for nobody', () => {
    const nothing = (args: object, result: object, before: Partial<Seen> = {}) => isNoNews({ ...entry(args), result } as Entry, seen(before), lineOf)
    const answer = (was: string, is: string) => ({ replaced: [{ id: 'm', column: 'state', was, is }] })
    expect([nothing(marks, {}), nothing({}, { replaced: [{ id: 'r', column: 'state', was: 'taken', is: 'open' }] }), nothing(marks, answer('none', 'here'))]).toEqual([true, true, true])
    expect(nothing(marks, answer('away', 'here'), { over: { mary: 'away' } })).toBe(true)
    expect([nothing(marks, answer('away', 'here')), nothing(marks, answer('none', 'none')), nothing(marks, { gone: ['mary'] })]).toEqual([false, false, false])
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
