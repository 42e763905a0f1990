/**
 * What lies on disk: the private half sealed, the public half as it came, and what an older app has left.
 */
import 'fake-indexeddb/auto'
import { describe, expect, test } from 'vitest'
import { newKeys } from '../device/key'
import { Box, newKey } from './box'
import { Kith } from './kith'
import { parted } from './public'
import { SealedStore } from './sealed'
import { openStore, STORES } from './store'
import { ALONE } from './tabs'
import { Life } from './testing/crash'
import { aDay, CANARIES, found } from './testing/day'
import { everythingIn, writeShape1 } from './testing/raw'
import shape1 from './testing/shape1.json'
import { settled, TestMeeting, TestWorld } from './testing/world'

let count = 0
const aName = () => `sealed ${++count}`

/** A database as the app of shape 1 left it; its account has a key that can't be read out, made here. */
async function anOlderDatabase(): Promise<string> {
  const name = aName()
  const { keys } = await newKeys()
  const device = shape1.device.map(([key, account]) => [key, { ...(account as object), keys }] as [any, any])
  await writeShape1(name, { ...(shape1 as any), device })
  return name
}

describe('what lies on disk', () => {
  test('of a personal phone has nothing private in the clear, and what is public as it came', async () => {
    const name = aName()
    const { kith } = await aDay(name)
    const disk = await everythingIn(name)
    expect(found(disk)).toEqual([])
    expect(disk).toContain('Thursday lunch')
    expect([...kith.rows('listings').keys()].sort()).toEqual(['lunch', 'quiz'])
    kith.close()
  })

  test('of a shared device has no handle of the device’s key either', async () => {
    const name = aName()
    const key = newKey()
    const { kith } = await aDay(name, key)
    const floor = await openStore(name)
    const account = await floor.read(['device'], (txn) => txn.get('device', 'account'))
    expect(Object.keys(account)).toEqual(['box'])
    expect(await floor.read(['device'], (txn) => txn.get('device', 'box'))).toBeUndefined()
    expect(found(await everythingIn(name))).toEqual([])
    kith.close()
    const again = await Kith.open({ name, key, env: new TestWorld(), meeting: ALONE })
    expect(again.me?.member).toBe('rosa')
    expect(again.outbox().map((entry) => entry.args.firstName)).toEqual(['CANARYVISIT', 'CANARYRENAME'])
    floor.close()
    again.close()
  })

  test('would be found if it lay there in the clear', async () => {
    const name = aName()
    await writeShape1(name, shape1 as any)
    expect(found(await everythingIn(name)).sort()).toEqual([...CANARIES].sort())
  })

  test('opens with no other key', async () => {
    const name = aName()
    const { kith } = await aDay(name, newKey())
    kith.close()
    const other = await Kith.open({ name, key: newKey(), env: new TestWorld(), meeting: ALONE, sync: false })
    expect([other.me, other.outbox(), other.local.get('draft/edit')]).toEqual([null, [], undefined])
    other.close()
  })

  test('stays without a key while a visitor only reads', async () => {
    const name = aName()
    const world = new TestWorld()
    world.server.put('listings', 'lunch', { title: 'Thursday lunch' }, ['public'])
    const kith = await Kith.open({ name, env: world, meeting: ALONE })
    await kith.syncNow()
    await settled()
    expect(kith.rows('listings').size).toBe(1)
    kith.close()
    const floor = await openStore(name)
    expect(await floor.read(['device'], (txn) => txn.all('device'))).toEqual([])
    floor.close()
  })
})

describe('a database of the older shape', () => {
  test('is carried over: every row, fact and unsent command is there, and nothing lies in the clear any more', async () => {
    const name = await anOlderDatabase()
    const world = new TestWorld()
    world.online = false
    const kith = await Kith.open({ name, env: world, meeting: ALONE })
    expect(kith.outbox().map((entry) => [entry.number, entry.args.firstName])).toEqual([[2, 'CANARYVISIT'], [3, 'CANARYRENAME']])
    expect(kith.local.get('draft/edit')).toEqual({ title: 'CANARYFACT' })
    expect(kith.local.get('saved')).toEqual(['lunch'])
    expect(kith.rows('listings').get('quiz')?.title).toBe('Quiz CANARYDRAFT')
    expect(kith.me).toMatchObject({ member: 'rosa', firstName: 'CANARYRENAME' })
    expect(found(await everythingIn(name))).toEqual([])
    kith.close()
  })

  test('is carried over whole or not at all, wherever the phone dies', async () => {
    for (let n = 0; ; n++) {
      const name = await anOlderDatabase()
      const life = new Life(n)
      await life.until(openStore(name).then((disk) => SealedStore.open(disk)))
      new Life()
      const kith = await Kith.open({ name, env: new TestWorld(), meeting: ALONE, sync: false })
      expect(kith.outbox().length, `died at write ${n}`).toBe(2)
      expect(found(await everythingIn(name)), `died at write ${n}`).toEqual([])
      kith.close()
      if (!life.over) return
    }
  })
})

describe('two tabs', () => {
  test('make one key between them', async () => {
    const name = aName()
    const [one, two] = [await SealedStore.open(await openStore(name)), await SealedStore.open(await openStore(name))]
    await Promise.all([one, two].map((tab, i) => tab.write(['local'], (txn) => txn.put('local', `fact ${i}`, i))))
    for (const tab of [one, two]) {
      const facts = await tab.read(['local'], (txn) => txn.all('local'))
      expect(facts.sort()).toEqual([['fact 0', 0], ['fact 1', 1]])
    }
    one.close()
    two.close()
  })

  test('of which one leaves: the other follows, and keeps nothing', async () => {
    const name = aName()
    const meeting = new TestMeeting()
    const world = new TestWorld()
    const one = await Kith.open({ name, env: world, meeting: meeting.join() })
    const two = await Kith.open({ name, env: world, meeting: meeting.join() })
    await one.join('rosa', 'Rosa', 'Phone')
    await one.local.set('saved', ['lunch'])
    await settled()
    await one.leave()
    await settled()
    expect([two.me, one.local.get('saved')]).toEqual([null, undefined])
    await two.local.set('saved', ['quiz'])
    await settled()
    expect(one.local.get('saved')).toEqual(['quiz'])
    one.close()
    two.close()
  })
})

test('leaving takes the key and everything private off the disk, and leaves what is public', async () => {
  const name = aName()
  const { world, kith } = await aDay(name)
  const leaving = kith.leave()
  await world.advance(20_000)
  await leaving
  const floor = await openStore(name)
  const left = await floor.read([...STORES], async (txn) => Promise.all(STORES.map(async (store) => [store, (await txn.all(store)).length])))
  expect(Object.fromEntries(left)).toMatchObject({ device: 0, outbox: 0, journal: 0, local: 0 })
  expect(found(await everythingIn(name))).toEqual([])
  expect(await everythingIn(name)).toContain('Thursday lunch')
  expect([kith.local.get('draft/edit'), kith.rows('listings').size]).toEqual([undefined, 1])
  floor.close()
  kith.close()
})

describe('the cipher', () => {
  test('binds what it seals to its place', () => {
    const box = new Box(newKey())
    const sealed = box.seal('outbox/one', { a: 1 })
    expect(box.open('outbox/one', sealed)).toEqual({ a: 1 })
    expect(() => box.open('outbox/two', sealed)).toThrow()
    sealed[30]! ^= 1
    expect(() => box.open('outbox/one', sealed)).toThrow()
  })

  test('never seals the same twice alike, and names a fact always alike', () => {
    const key = newKey()
    const [box, same] = [new Box(key), new Box(key)]
    expect(box.seal('local', 1)).not.toEqual(same.seal('local', 1))
    expect(box.name('draft/edit')).toBe(same.name('draft/edit'))
    expect(box.name('draft/edit')).not.toBe(new Box(newKey()).name('draft/edit'))
  })
})

describe('lines', () => {
  const PUBLIC = ['{"void":true}', '{"reset":"public"}', '{"row":["public","listings","a",1,{}]}', '{"gone":["public","listings","a",2]}']
  const PRIVATE = ['{"reset":"member/rosa"}', '{"row":["publican","listings","a",1,{}]}', '{"drop":"host/a"}', '{ "row":["public","odd","a",1,{}]}']

  test('part into the public ones and all others, each in their order', () => {
    for (let mask = 0; mask < 256; mask++) {
      const lines = [...PUBLIC, ...PRIVATE].map((line, i) => ({ line, i: mask & (1 << i) ? i : 9 - i })).sort((a, b) => a.i - b.i).map(({ line }) => line)
      const { open, closed } = parted(lines.join('\n'))
      expect(open.split('\n')).toEqual(lines.filter((line) => PUBLIC.includes(line)))
      expect(closed.split('\n')).toEqual(lines.filter((line) => PRIVATE.includes(line)))
    }
  })

  test('that are all public are left as they are', () => {
    const text = PUBLIC.join('\n')
    expect(parted(text)).toEqual({ open: text, closed: '' })
    expect(parted(PRIVATE.join('\n'))).toEqual({ open: '', closed: PRIVATE.join('\n') })
    expect(parted('')).toEqual({ open: '', closed: '' })
  })
})
