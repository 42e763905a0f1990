/**
 * Places on a shared device: a PIN opens one, wrong ones cost time and then the place, and what was sealed outlives it.
 */
import 'fake-indexeddb/auto'
import { deleteDB, openDB } from 'idb'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { TestWorld } from '../sync/testing/world'
import { bring } from './bringing'
import { IDLE_MS, Idle } from './idle'
import { isShared, markShared, PLACES } from './mark'
import { LAST_TRY, pauseAfter, PIN } from './pin'
import { Slots } from './slots'

let count = 0
const someSlots = () => Slots.open(`turns ${++count}`)

describe('a PIN', () => {
  test('has 4 to 6 digits', () => {
    expect(['1234', '123456', '123', '1234567', '12a4', '', '１２３４'].map((pin) => PIN.test(pin))).toEqual([true, true, false, false, false, false, false])
  })

  test('opens the same key again, and no other PIN does', async () => {
    const slots = await someSlots()
    const { slot, key } = await slots.add('2718')
    expect(await slots.try(slot.id, '0000', 0)).toMatchObject({ kind: 'wrong', left: 9, until: 0 })
    expect(await slots.try(slot.id, '2718', 0)).toEqual({ kind: 'open', key })
    expect((await slots.list())[0]).toMatchObject({ tries: 0, until: 0 })
    slots.close()
  })

  test('that is wrong five times costs a pause that grows, and ten times the place; what was sealed stays', async () => {
    const slots = await someSlots()
    const { slot } = await slots.add('2718')
    await slots.keep(slot.id, 'one', ['sealed'])
    let now = 0
    for (let tries = 1; tries < LAST_TRY; tries++) {
      const tried = await slots.try(slot.id, '0000', now)
      expect(tried).toMatchObject({ kind: 'wrong', left: LAST_TRY - tries, until: pauseAfter(tries) > 0 ? now + pauseAfter(tries) : 0 })
      if (pauseAfter(tries) > 0) expect(await slots.try(slot.id, '2718', now), 'also the right one waits').toMatchObject({ kind: 'early' })
      now += pauseAfter(tries)
    }
    expect([5, 6, 9].map(pauseAfter)).toEqual([60_000, 120_000, 960_000])
    expect(await slots.try(slot.id, '0000', now)).toEqual({ kind: 'gone' })
    expect(await slots.list()).toEqual([])
    expect(await slots.waiting()).toEqual([{ slot: slot.id, name: 'one', parts: ['sealed'] }])
    slots.close()
  })
})

describe('what was sealed', () => {
  test.each([
    [200, '', 'taken'], [401, 'device_unknown', 'gone'], [400, 'sealed_invalid', 'gone'],
    [409, 'sealed_elsewhere', 'kept'], [403, 'member_suspended', 'kept'], [503, 'busy', 'kept'], [429, 'slow_down', 'kept'],
  ])('answered %i %s is %s', async (status, code, then) => {
    const slots = await someSlots()
    await slots.keep('rosa', 'one', ['a', 'b', 'c'])
    const world = new TestWorld()
    const brought: string[][] = []
    world.answer = ({ body }) => {
      brought.push(body.sealed)
      return status === 200 ? Response.json({ taken: 1, stops: [] }) : Response.json({ code, message: '.' }, { status })
    }
    expect(await bring(world, slots)).toBe(then === 'taken' ? 1 : 0)
    expect((await slots.waiting()).length).toBe(then === 'kept' ? 1 : 0)
    if (then === 'taken') expect(brought.flat()).toEqual(['a', 'b', 'c'])
    slots.close()
  })

  test('waits while there is no signal', async () => {
    const slots = await someSlots()
    await slots.keep('rosa', 'one', ['a'])
    const world = new TestWorld()
    world.online = false
    expect([await bring(world, slots), (await slots.waiting()).length]).toEqual([0, 1])
    slots.close()
  })

  test('meanwhile by a later turn isn’t taken for what was brought', async () => {
    const slots = await someSlots()
    await slots.keep('rosa', 'one', ['a'])
    const world = new TestWorld()
    world.answer = async () => {
      await slots.keep('rosa', 'two', ['b'])
      return Response.json({ taken: 1, stops: [] })
    }
    await bring(world, slots)
    expect(await slots.waiting()).toEqual([{ slot: 'rosa', name: 'two', parts: ['b'] }])
    slots.close()
  })
})

describe('nobody there', () => {
  test('is noticed after a while, by a first touch that comes too late, and by a clock set back', () => {
    const gone: string[] = []
    const start = Date.now()
    const idle = new Idle(() => gone.push('gone'))
    idle.sign(start + IDLE_MS - 1000)
    expect([idle.look(start + IDLE_MS), gone.length]).toEqual([false, 0])
    idle.sign(start + 3 * IDLE_MS)
    expect(gone.length).toBe(1)
    expect(idle.look(start - 60_000)).toBe(true)
  })
})

describe('a device that isn’t shared after all', () => {
  beforeEach(() => {
    const marks = new Map<string, string>()
    vi.stubGlobal('localStorage', { getItem: (key: string) => marks.get(key) ?? null, setItem: (key: string, value: string) => marks.set(key, value), removeItem: (key: string) => marks.delete(key) })
    markShared()
  })
  afterEach(async () => {
    await deleteDB(PLACES)
    vi.unstubAllGlobals()
  })

  test('is one person’s again, as long as nobody has a place on it', async () => {
    const slots = await Slots.open()
    expect([await slots.areNobodys(), await isShared()]).toEqual([true, true])
    expect(await slots.unshare()).toBe(true)
    expect(await isShared()).toBe(false)
  })

  test('stays shared while somebody has a place, or what somebody sealed waits, or a till stands there', async () => {
    const slots = await Slots.open()
    const { slot } = await slots.add('2718')
    expect([await slots.areNobodys(), await slots.unshare()]).toEqual([false, false])
    await slots.keep(slot.id, 'one', ['sealed'])
    await slots.remove(slot.id)
    expect([await slots.areNobodys(), await slots.unshare()], 'what waits is brought first').toEqual([false, false])
    await slots.brought({ slot: slot.id, name: 'one', parts: [] })
    const till = await openDB('kith till', 1)
    expect([await slots.areNobodys(), await slots.unshare()], 'what a till took is the shop’s').toEqual([false, false])
    expect([await isShared(), await slots.waiting()]).toEqual([true, []])
    till.close()
    await deleteDB('kith till')
    expect(await slots.unshare()).toBe(true)
  })

  test('takes no place that another tab would still give', async () => {
    const [slots, other] = [await Slots.open(), await Slots.open()]
    expect(await slots.unshare()).toBe(true)
    await expect(other.add('2718')).rejects.toThrow()
    expect(await isShared()).toBe(false)
  })
})
