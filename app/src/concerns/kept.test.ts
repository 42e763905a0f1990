/**
 * What a Listener's own store remembers: enough to take it back, to hear of it and to notice that it hasn't gone.
 */
import 'fake-indexeddb/auto'
import { describe, expect, test } from 'vitest'
import type { LocalFacts } from '../sync'
import { base64url } from '../sync/ids'
import { TestWorld } from '../sync/testing/world'
import { heldBy, keptOf, lineOf, passed, unsent, type Kept } from './kept'
import { Letters, type Letter } from './letters'
import { emptyDraft } from './plain'
import { askReceipts } from './receipts'
import { saveConcern, takeBack } from './saving'
import { newPair } from './testing/keys'

const DAY_MS = 86_400_000
const NOW = Date.UTC(2026, 5, 1, 9)

function facts(): LocalFacts {
  const all = new Map<string, any>()
  return { get: (key) => all.get(key), set: async (key, value) => void all.set(key, structuredClone(value)), subscribe: () => () => undefined }
}

const one = (more: Partial<Kept> = {}): Kept => ({ id: 'a', secret: 's', letter: 'l', at: NOW, urgent: false, tell: false, state: 'received', ...more })
const letter = (more: Partial<Letter> = {}): Letter => ({ name: 'l', blob: 'b', state: 'waiting', sent: false, code: '', epoch: '', day: 0, ...more })

describe('what is known of one', () => {
  test('follows its letter', () => {
    expect(passed([one()], [letter()], NOW)).toMatchObject([{ went: 'waiting', canTakeBack: true }])
    expect(passed([one()], [letter({ state: 'taken' })], NOW)).toMatchObject([{ went: 'gone', canTakeBack: true }])
    expect(passed([one()], [letter({ state: 'refused', code: 'consent_missing' })], NOW)).toMatchObject([{ went: 'refused', code: 'consent_missing', canTakeBack: false }])
    expect(passed([one({ state: 'onIt' })], [letter({ state: 'taken' })], NOW)).toMatchObject([{ canTakeBack: false }])
    expect(passed([one({ back: true })], [letter({ state: 'taken' })], NOW), 'it is taken back').toEqual([])
  })

  test('is nothing where its letter was never written, and without it after two weeks', () => {
    expect(passed([one()], [], NOW)).toEqual([])
    expect(passed([one()], [], NOW + 20 * DAY_MS)).toMatchObject([{ went: 'none', canTakeBack: false }])
    const local = { get: () => [one()] }
    expect([keptOf(local, NOW + 80 * DAY_MS).length, keptOf(local, NOW + 91 * DAY_MS).length]).toEqual([1, 0])
  })

  test('and urgent, it is noticed after five minutes on this device', () => {
    const at = (more: Partial<Kept>, minutes: number, state: Letter['state'] = 'waiting') => unsent(passed([one(more)], [letter({ state })], NOW + minutes * 60_000), 5, NOW + minutes * 60_000).length
    expect([at({ urgent: true }, 4.9), at({ urgent: true }, 5), at({}, 60), at({ urgent: true }, 60, 'taken'), at({ urgent: true, back: true }, 60)]).toEqual([0, 1, 0, 0, 0])
    expect(at({ urgent: true }, -30), 'a clock that was set back hides nothing').toBe(1)
  })
})

describe('something urgent that the server does not take', () => {
  const of = (kept: Partial<Kept>, lies: Partial<Letter>) => passed([one(kept)], [letter(lies)], NOW)

  test('is told of at once, with the reason; not before it has been tried, and of nothing else', () => {
    const why = (kept: Partial<Kept>, lies: Partial<Letter>) => of(kept, lies).map(heldBy)[0]
    expect(why({ urgent: true }, { code: 'too_many', sent: true })).toBe('many')
    expect(why({ urgent: true }, { code: 'internal' })).toBe('fault')
    expect(why({ urgent: true }, { code: 'basics_first' })).toBe('cards')
    expect(why({ urgent: true }, { state: 'refused', code: 'not_allowed' })).toBe('refused')
    expect([why({ urgent: true }, {}), why({ urgent: true }, { state: 'taken' }), why({}, { code: 'too_many' }), why({ urgent: true, back: true }, { code: 'internal' })]).toEqual(['', '', '', ''])
  })

  test('waits for no minutes to be said', () => {
    expect(unsent(of({ urgent: true }, { code: 'too_many' }), 5, NOW).length).toBe(1)
    expect(unsent(of({}, { code: 'too_many' }), 5, NOW).length).toBe(0)
  })
})

describe('saving', () => {
  async function desk() {
    const [intake, recovery, server] = await Promise.all([newPair(), newPair(), newPair()])
    const kith = { local: facts(), letterhead: async () => ({ token: 't', proof: 'p', sealTo: base64url(server.point), now: NOW }) }
    const letters = new Letters(`saving ${Math.random()}`)
    return { kith, letters, keys: { intake: intake.point, recovery: recovery.point }, by: { member: 'm', device: 'd', shop: '', firstName: 'Carol' }, area: '', now: NOW }
  }
  const draft = { ...emptyDraft(), asked: 'notYet' as const, noticed: ['lonely' as const], words: 'canary', tell: true }

  test('leaves one sealed letter, and beside it no word of it', async () => {
    const at = await desk()
    const kept = await saveConcern(at, draft)
    const lying = await at.letters.all()
    expect(lying).toMatchObject([{ name: kept.letter, state: 'waiting' }])
    expect(JSON.stringify([lying, at.kith.local.get('quiet')])).not.toMatch(/canary|Carol|lonely/)
    expect(passed(keptOf(at.kith.local, NOW), lying, NOW)).toMatchObject([{ went: 'waiting', tell: true }])
  })

  test('that fails on the disk leaves nothing', async () => {
    const at = await desk()
    at.letters.keep = () => Promise.reject(new Error('full'))
    await expect(saveConcern(at, draft)).rejects.toThrow('full')
    expect(keptOf(at.kith.local, NOW)).toEqual([])
    await expect(saveConcern({ ...at, kith: { ...at.kith, letterhead: async () => null } }, draft)).rejects.toThrow()
  })

  test('can be taken back: at once, or by a letter that follows', async () => {
    const at = await desk()
    await takeBack(at, await saveConcern(at, draft))
    expect([await at.letters.all(), keptOf(at.kith.local, NOW)]).toEqual([[], []])
    const kept = await saveConcern(at, draft)
    await at.letters.setOut([kept.letter])
    await takeBack(at, kept)
    const [follower] = await at.letters.all()
    expect(passed(keptOf(at.kith.local, NOW), [follower!], NOW)).toMatchObject([{ id: kept.id, back: true, went: 'waiting', canTakeBack: false }])
  })
})

test('the line above every page is for one that is late, and for one that is lost where the tile has gone with the role', () => {
  const of = (kept: Partial<Kept>, sent: Partial<Letter>, may: boolean) => lineOf(passed([one(kept)], [letter(sent)], NOW), may, 5, NOW)
  for (const may of [true, false]) expect(of({ urgent: true, at: NOW - 5 * 60_000 }, {}, may)).toBe('late')
  expect([true, false].map((may) => of({}, { state: 'refused', code: 'not_allowed' }, may)), 'who has the tile reads it there').toEqual(['', 'lost'])
  expect([of({}, {}, false), of({ urgent: true }, {}, false), of({}, { state: 'taken' }, false)]).toEqual(['', '', ''])
})

describe('hearing of it', () => {
  test('asks with no token, eight secrets at a time, of which one is real; and what was heard never goes back', async () => {
    const world = new TestWorld()
    const local = facts()
    await local.set('quiet', [one({ tell: true, secret: 'one', id: '1' }), one({ secret: 'two', id: '2' }), one({ tell: true, secret: 'three', id: '3', state: 'onIt' }), one({ tell: true, secret: 'four', id: '4', state: 'closed' })])
    world.answer = ({ token, body }) => {
      expect([token, body.receipts.length, new Set(body.receipts).size]).toEqual(['', 8, 8])
      return Response.json({ states: body.receipts.map((secret: string) => (secret === 'one' ? 'onIt' : 'received')) })
    }
    await askReceipts(world, local)
    const real = world.seen.map(({ body }) => body.receipts.filter((secret: string) => secret.length < 22))
    expect(real).toEqual([['one'], ['three']])
    expect(keptOf(local, NOW).map(({ state }) => state)).toEqual(['onIt', 'received', 'onIt', 'closed'])
  })

  test('is quiet with no signal, and when the answer is none', async () => {
    const world = new TestWorld()
    const local = facts()
    await local.set('quiet', [one({ tell: true })])
    world.online = false
    await askReceipts(world, local)
    world.online = true
    for (const page of ['<html>', '{"states":[]}', '{"states":["x","x","x","x","x","x","x","x"]}']) {
      world.answer = () => new Response(page)
      await askReceipts(world, local)
    }
    expect(keptOf(local, NOW)).toMatchObject([{ state: 'received' }])
  })
})
