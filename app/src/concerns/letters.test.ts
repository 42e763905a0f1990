/**
 * Letters on a device: what was saved arrives once, whoever brings it, wherever the phone dies, and however often the
 * server is put back.
 */
import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, test } from 'vitest'
import { Life } from '../sync/testing/crash'
import { refusal, TestWorld } from '../sync/testing/world'
import { Carrier } from './carrying'
import { KEPT_DAYS, Letters, type Outcome } from './letters'

const DAY_MS = 86_400_000
let count = 0
const some = () => new Letters(`letters ${++count}`)

/** A server that takes each letter once, as the real one does. */
class Box {
  epoch = 'one'
  readonly taken = new Map<string, number>()
  readonly bodies: string[][] = []
  outcome: (blob: string) => Outcome | null = () => null

  constructor(world: TestWorld) {
    world.answer = ({ path, body, token }) => {
      if (path !== '/api/concerns') return undefined
      expect(token, 'no token says who carries').toBe('')
      this.bodies.push(body.letters)
      return Response.json({ epoch: this.epoch, outcomes: body.letters.map((blob: string) => this.#take(blob)) })
    }
  }

  #take(blob: string): Outcome {
    const other = this.outcome(blob)
    if (other) return other
    const before = this.taken.get(blob) ?? 0
    this.taken.set(blob, before + 1)
    return { outcome: before === 0 ? 'ok' : 'merged' }
  }
}

let [world, box] = [{} as TestWorld, {} as Box]
beforeEach(() => {
  world = new TestWorld()
  box = new Box(world)
})

describe('a letter', () => {
  test('waits while there is no signal, and is brought once there is', async () => {
    const letters = some()
    await letters.keep('a', 'blob a', world.now())
    const carrier = new Carrier(world, letters)
    world.online = false
    await carrier.round()
    expect(await letters.get('a')).toMatchObject({ state: 'waiting', sent: true })
    world.online = true
    carrier.forgive()
    await carrier.round()
    expect(await letters.get('a')).toMatchObject({ state: 'taken', epoch: 'one', code: '' })
    await carrier.round()
    expect(box.bodies).toEqual([['blob a']])
  })

  test('goes with fifteen others at most, and with no more than the door takes', async () => {
    const letters = some()
    for (let i = 0; i < 20; i++) await letters.keep(`n${String(i).padStart(2, '0')}`, `blob ${i}`, world.now())
    await letters.keep('z1', 'x'.repeat(300_000), world.now())
    await letters.keep('z2', 'y'.repeat(300_000), world.now())
    await new Carrier(world, letters).round()
    expect(box.bodies.map((one) => one.length)).toEqual([16, 5, 1])
    expect((await letters.all()).every(({ state }) => state === 'taken')).toBe(true)
  })

  test.each([
    ['ok', undefined, 'taken', 'blob a'], ['merged', undefined, 'taken', 'blob a'],
    ['rejected', 'consent_missing', 'refused', ''], ['later', 'basics_first', 'waiting', 'blob a'], ['later', 'sealed_elsewhere', 'waiting', 'blob a'],
  ] as const)('that is answered %s %s is %s', async (outcome, code, state, blob) => {
    const letters = some()
    await letters.keep('a', 'blob a', world.now())
    box.outcome = () => ({ outcome, code })
    await new Carrier(world, letters).round()
    expect(await letters.get('a')).toMatchObject({ state, blob, code: code ?? '' })
  })

  test('that is put off holds up no other, and is tried again', async () => {
    const letters = some()
    await letters.keep('a', 'blob a', world.now())
    await letters.keep('b', 'blob b', world.now())
    let cards = false
    box.outcome = (blob) => (blob === 'blob a' && !cards ? { outcome: 'later', code: 'basics_first' } : null)
    const carrier = new Carrier(world, letters)
    await carrier.round()
    expect([(await letters.get('a'))?.state, (await letters.get('b'))?.state]).toEqual(['waiting', 'taken'])
    cards = true
    await carrier.round()
    expect((await letters.get('a'))?.state, 'not at once').toBe('waiting')
    await world.advance(60_000)
    await carrier.round()
    expect(await letters.get('a')).toMatchObject({ state: 'taken', code: '' })
  })

  test.each([[503, 'concerns_off'], [503, 'busy'], [429, 'slow_down'], [500, 'internal']])('stays when the server says %i %s', async (status, code) => {
    const letters = some()
    await letters.keep('a', 'blob a', world.now())
    world.answer = () => refusal(status, code)
    const carrier = new Carrier(world, letters)
    await carrier.round()
    await carrier.round()
    expect(world.seen.length, 'and isn’t pressed').toBe(1)
    expect((await letters.get('a'))?.state).toBe('waiting')
  })

  test('that is saved while it was just being looked is brought all the same', async () => {
    const letters = some()
    const carrier = new Carrier(world, letters)
    const look = letters.all.bind(letters)
    letters.all = async () => {
      const there = await look()
      letters.all = look
      await letters.keep('a', 'blob a', world.now())
      void carrier.round()
      return there
    }
    await carrier.round()
    expect((await letters.get('a'))?.state).toBe('taken')
  })

  test('that the door can’t read holds up no other', async () => {
    const letters = some()
    for (const name of ['a', 'b', 'c']) await letters.keep(name, `blob ${name}`, world.now())
    const serve = world.answer!
    world.answer = (seen) => (seen.body.letters.includes('blob b') ? refusal(400, 'body_invalid') : serve(seen))
    await new Carrier(world, letters).round()
    expect((await letters.all()).map(({ state }) => state)).toEqual(['taken', 'waiting', 'taken'])
  })

  test('is not taken for answered by a page that isn’t the server’s', async () => {
    const letters = some()
    await letters.keep('a', 'blob a', world.now())
    for (const page of ['<html>Welcome to our hotel</html>', '{}', '{"epoch":"one","outcomes":[]}', 'null']) {
      world.answer = () => new Response(page)
      await new Carrier(world, letters).round()
      expect((await letters.get('a'))?.state, page).toBe('waiting')
    }
  })
})

describe('a server that was put back', () => {
  test('is brought again what it had taken, and after two weeks nothing is left', async () => {
    const letters = some()
    await letters.keep('a', 'blob a', world.now())
    const carrier = new Carrier(world, letters)
    await carrier.round()
    box.epoch = 'two'
    box.taken.clear()
    await letters.heard('two', world.now())
    await carrier.round()
    expect(box.taken.get('blob a')).toBe(1)
    expect(await letters.get('a')).toMatchObject({ state: 'taken', epoch: 'two' })
    await letters.heard('two', world.now() + KEPT_DAYS * DAY_MS)
    expect((await letters.all()).length).toBe(1)
    await letters.heard('three', world.now() + (KEPT_DAYS + 1) * DAY_MS)
    expect(await letters.all()).toEqual([])
  })

  test('is noticed by the answer to another letter, too', async () => {
    const letters = some()
    await letters.keep('a', 'blob a', world.now())
    const carrier = new Carrier(world, letters)
    await carrier.round()
    box.epoch = 'two'
    box.taken.clear()
    await letters.keep('b', 'blob b', world.now())
    await carrier.round()
    expect([...box.taken]).toEqual([['blob b', 1], ['blob a', 1]])
  })
})

describe('taking back', () => {
  test('what never left takes it off the disk, and nothing is said to anybody', async () => {
    const letters = some()
    await letters.keep('a', 'blob a', world.now())
    expect(await letters.takeBack('a', { name: 'b', blob: 'back' }, world.now())).toBe(true)
    await new Carrier(world, letters).round()
    expect([await letters.all(), box.bodies]).toEqual([[], []])
  })

  test.each([true, false])('what may have left sends a letter after it, and the first is not brought again (signal: %s)', async (online) => {
    const letters = some()
    await letters.keep('a', 'blob a', world.now())
    const carrier = new Carrier(world, letters)
    world.online = online
    await carrier.round()
    expect(await letters.takeBack('a', { name: 'b', blob: 'back' }, world.now())).toBe(false)
    world.online = true
    carrier.forgive()
    await carrier.round()
    expect(box.bodies.at(-1)).toEqual(['back'])
    expect((await letters.all()).map(({ name }) => name)).toEqual(['b'])
  })

  test('while it is under way: what the server says of the first changes nothing', async () => {
    const letters = some()
    await letters.keep('a', 'blob a', world.now())
    const [out] = await letters.setOut(['a'])
    await letters.takeBack('a', { name: 'b', blob: 'back' }, world.now())
    await letters.answered(new Map([[out!.name, { outcome: 'ok' }]]), 'one', world.now())
    expect((await letters.all()).map(({ name, state }) => [name, state])).toEqual([['b', 'waiting']])
  })
})

test('two tabs, and the screen of who is here, bring it together: the server does it once', async () => {
  const name = `letters ${++count}`
  const tabs = [new Letters(name), new Letters(name), new Letters(name)]
  await tabs[0]!.keep('a', 'blob a', world.now())
  await Promise.all(tabs.map((letters) => new Carrier(world, letters).round()))
  expect(await tabs[1]!.all()).toMatchObject([{ name: 'a', state: 'taken' }])
  expect(box.taken.get('blob a')).toBeGreaterThan(0)
})

describe('what this device has learned of the signer', () => {
  test('is the first for good, and the highest number', async () => {
    const letters = some()
    const one = { community: 'town', signer: 'a', seq: 3 }
    expect(await letters.trust('town')).toBeNull()
    expect(await letters.remember(one)).toEqual(one)
    expect(await letters.remember({ ...one, signer: 'b', seq: 9 })).toEqual(one)
    expect(await letters.remember({ ...one, seq: 2 })).toEqual(one)
    expect(await letters.remember({ ...one, seq: 5 })).toMatchObject({ seq: 5 })
    expect(await letters.trust('elsewhere')).toBeNull()
  })
})

describe('a phone that dies', () => {
  /** Saves two, takes one of them back, brings it all; says what was shown as saved. */
  async function day(letters: Letters, shown: string[]): Promise<void> {
    await letters.keep('a', 'blob a', 0)
    shown.push('blob a')
    await letters.keep('b', 'blob b', 0)
    const carrier = new Carrier(world, letters)
    Life.breathe()
    await carrier.round()
    await letters.takeBack('b', { name: 'c', blob: 'back b' }, 0)
    shown.push('back b')
    Life.breathe()
    await carrier.round()
    await letters.keep('d', 'blob d', 0)
    shown.push('blob d')
  }

  test('at any step of its disk loses nothing that was shown as saved, and the server does nothing twice', async () => {
    const life = new Life()
    await day(some(), [])
    expect(life.steps).toBeGreaterThan(20)
    for (let n = 0; n < life.steps; n++) {
      const name = `dying ${n}`
      world = new TestWorld()
      box = new Box(world)
      const shown: string[] = []
      const dying = new Life(n)
      await dying.until(day(new Letters(name), shown))
      expect(dying.over, `at ${n}`).toBe(true)

      new Life()
      const again = new Letters(name)
      await new Carrier(world, again).round()
      for (const blob of shown) expect(box.taken.has(blob), `${blob} is lost at step ${n}`).toBe(true)
      expect((await again.all()).filter(({ state }) => state === 'waiting'), `at ${n}`).toEqual([])
      again.close()
    }
  })
})
