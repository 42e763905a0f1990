/**
 * How what was taken reaches the server: by whoever is staff there, also after the page has died, and never lost.
 */
import 'fake-indexeddb/auto'
import { describe, expect, test } from 'vitest'
import type { Entry, Row } from '../sync'
import { AGAIN_MS, COMMAND, due, hand, learn, MOST, type Engine } from './handing'
import { follow, openTill, renew, tillFor } from './opening'
import { stateOf } from './rules'
import { TestTill, word } from './testing/counter'
import { NOW, SHOP, shown } from './testing/issuer'
import { endOf } from './word'

const COUNTER = 'tillcounter0000'

/** The engine of one person, with an outbox that is answered when the test says so. */
class Person {
  sent: Entry[] = []
  done = new Map<string, any>()
  roles = new Map<string, Row>()
  tills = new Map<string, Row>()
  status = { online: true } as Engine['status']
  me: Engine['me']
  #count = 0

  constructor(readonly member: string, shop = SHOP, role = 'staff') {
    this.me = { member, device: 'tablet', firstName: '', roles: ['resident', role] }
    if (shop) this.roles.set('r', { id: 'r', member, role, shop })
  }

  rows(collection: string) {
    return { roles: this.roles, tills: this.tills }[collection] ?? new Map()
  }
  outbox = () => this.sent
  async send(name: string, args: object): Promise<Entry> {
    const entry: Entry = { nonce: `${this.member}${++this.#count}`, number: this.#count, name, args, at: '', state: 'waiting' }
    this.sent.push(entry)
    return entry
  }
  async dismiss(nonce: string) {
    this.sent = this.sent.filter((one) => one.nonce !== nonce)
  }
  answers = async () => this.done

  /** The server answers all that waits. */
  answer(verdict: (id: string) => string): void {
    for (const { nonce, args } of this.sent) this.done.set(nonce, { verdicts: args.records.map((raw: string) => ({ id: ids.get(raw), verdict: verdict(ids.get(raw)!) })) })
    this.sent = []
  }
}

const ids = new Map<string, string>()

async function till(cards: number) {
  const here = await TestTill.open({ perTillHour: 600 })
  await here.addTill(COUNTER)
  const taking = here.taking(COUNTER)
  for (let i = 0; i < cards; i++) await taking.scan(await shown(await here.issuer.card(`0000000000000${100 + i}`), here.now))
  for (const one of await here.store.records()) ids.set(one.raw, one.id)
  return here
}

const states = async (here: TestTill) => {
  const records = await here.store.records()
  return records.map((one) => stateOf(one, records))
}

describe('what was taken', () => {
  test('goes to the outbox in the order of its chain, twenty to a command, once', async () => {
    const here = await till(45)
    const sam = new Person('sam')
    await Promise.all([hand(sam, here.store, NOW), hand(sam, here.store, NOW)])
    expect(sam.sent.map((one) => one.args.records.length)).toEqual([MOST, MOST, 5])
    const all = sam.sent.flatMap((one) => one.args.records as string[])
    expect(new Set(all).size).toBe(45)
    expect(all.map((raw) => JSON.parse(Buffer.from(raw.split('.')[1]!, 'base64url').toString()).seq)).toEqual(Array.from({ length: 45 }, (_, i) => i + 1))
    expect(new Set(await states(here))).toEqual(new Set(['sent']))
  })

  test('with no signal goes in whole commands, and all of it before somebody leaves', async () => {
    const here = await till(23)
    const sam = new Person('sam')
    sam.status = { ...sam.status, online: false }
    await hand(sam, here.store, NOW)
    expect(sam.sent.map((one) => one.args.records.length)).toEqual([20])
    await hand(sam, here.store, NOW, true)
    expect(sam.sent.map((one) => one.args.records.length)).toEqual([20, 3])
  })

  test('where the page dies between outbox and note goes a second time, and the server’s first word stands', async () => {
    const here = await till(2)
    const sam = new Person('sam')
    const { mark } = here.store
    here.store.mark = () => Promise.reject(new Error('the page is gone'))
    await expect(hand(sam, here.store, NOW)).rejects.toThrow()
    here.store.mark = mark
    await hand(sam, here.store, NOW)
    const [first, second] = sam.sent
    expect(second!.args).toEqual(first!.args)
    const verdicts = (verdict: string) => ({ verdicts: first!.args.records.map((raw: string) => ({ id: ids.get(raw), verdict })) })
    sam.done = new Map([[first!.nonce, verdicts('held:outside_hours')], [second!.nonce, verdicts('duplicate')]])
    sam.sent = []
    await learn(sam, here.store, NOW)
    expect(await states(here)).toEqual(['held', 'held'])
  })

  test('that the server kept nothing of, since its bearer isn’t of this shop any more, waits for somebody who is', async () => {
    const here = await till(1)
    const sam = new Person('sam')
    await hand(sam, here.store, NOW)
    sam.answer(() => 'rejected:not_allowed')
    await learn(sam, here.store, NOW)
    expect(await states(here)).toEqual(['taken'])
    await hand(sam, here.store, NOW)
    expect(sam.sent).toEqual([])
    const kim = new Person('kim')
    await hand(kim, here.store, NOW)
    expect(kim.sent).toHaveLength(1)
  })

  test('is told apart by what the server said to each', async () => {
    const here = await till(4)
    const sam = new Person('sam')
    await hand(sam, here.store, NOW)
    const said = ['ok', 'held:too_soon,outside_hours', 'rejected:proof_reused', 'duplicate']
    const order = (await here.store.records()).map((one) => one.id)
    sam.answer((id) => said[order.indexOf(id)]!)
    await learn(sam, here.store, NOW)
    expect(await states(here)).toEqual(['counted', 'held', 'refused', 'counted'])
  })

  test('is handed over by the next person where the first isn’t staff any more, and by nobody from elsewhere', async () => {
    const here = await till(3)
    const gone = new Person('gone')
    await hand(gone, here.store, NOW)
    gone.sent[0]!.state = 'rejected'
    await learn(gone, here.store, NOW)
    expect(gone.sent).toEqual([])
    expect(await states(here)).toEqual(['taken', 'taken', 'taken'])
    await hand(gone, here.store, NOW)
    await hand(new Person('else', 'shopelsewhere00'), here.store, NOW)
    expect(gone.sent).toEqual([])
    const owner = new Person('pearl', SHOP, 'owner')
    await hand(owner, here.store, NOW)
    expect(owner.sent[0]!.args.records).toHaveLength(3)
  })

  test('that was never answered, since its bearer left with it, is handed over again by the next', async () => {
    const here = await till(1)
    const [sam, kim] = [new Person('sam'), new Person('kim')]
    await hand(sam, here.store, NOW)
    const due_ = async (who: Person, later: number) => due(await here.store.records(), who, NOW + later).length
    expect(await due_(kim, AGAIN_MS)).toBe(0)
    expect(await due_(sam, AGAIN_MS + 1), 'it still waits in their own outbox').toBe(0)
    expect(await due_(kim, AGAIN_MS + 1)).toBe(1)
    await hand(kim, here.store, NOW + AGAIN_MS + 1)
    const [{ nonce, args }] = kim.sent as [Entry]
    kim.done = new Map([[nonce, { verdicts: [{ id: ids.get(args.records[0]), verdict: 'duplicate', was: 'rejected:code_unknown' }] }]])
    kim.sent = []
    await learn(kim, here.store, NOW + AGAIN_MS + 2)
    expect(await states(here)).toEqual(['refused'])
  })

  test('and answered is forgotten after a day and a half; what is not answered never is', async () => {
    const here = await till(2)
    const [one, other] = await here.store.records()
    await here.store.mark([one!.id], (record) => ({ ...record, nonce: 'n', verdict: 'ok' }))
    await learn(new Person('sam'), here.store, NOW + 37 * 3_600_000)
    expect((await here.store.records()).map((record) => record.id)).toEqual([other!.id])
  })
})

const DAY = 86_400_000

describe('a till', () => {
  test('is asked for with its public key alone, works once the server’s word is there, and asks again in time', async () => {
    const here = await TestTill.open()
    const sam = new Person('sam')
    await openTill(sam, here.store, SHOP, 'Counter', NOW)
    const { id, key, shop, name } = sam.sent[0]!.args
    expect([sam.sent[0]!.name, shop, name, Object.keys(key)]).toEqual(['tills.open', SHOP, 'Counter', ['kty', 'crv', 'x', 'y']])
    expect(await here.taking(id).type('7Q2KM4XD')).toEqual({ kind: 'refused', code: 'till_ended' })
    sam.sent = []
    sam.tills.set(id, { id, shop: SHOP, name: 'Counter', token: word(NOW + 30 * DAY), ended: '' })
    await follow(sam, here.store, [])
    const kept = tillFor(await here.store.tills(), SHOP)!
    expect(endOf(kept.token)).toBe(NOW + 30 * DAY)
    expect((await here.taking(id).type('7Q2KM4XD')).kind).toBe('stamped')

    const asked = new Set<string>()
    const counts = (kid: number) => kid === 7
    await renew(sam, here.store, asked, NOW, counts)
    expect(sam.sent).toEqual([])
    for (let i = 0; i < 3; i++) await renew(sam, here.store, asked, NOW + 21 * DAY, counts)
    expect(sam.sent.map((one) => [one.name, one.args])).toEqual([['tills.renew', { id }]])
    sam.tills.set(id, { ...sam.tills.get(id)!, token: word(NOW + 60 * DAY) })
    await follow(sam, here.store, [])
    expect(endOf(tillFor(await here.store.tills(), SHOP)!.token)).toBe(NOW + 60 * DAY)
    expect((await here.store.till(id))!.seq, 'the chain goes on').toBe(1)
    await renew(sam, here.store, asked, NOW + 21 * DAY, () => false)
    expect(sam.sent, 'its word is by a key that counts no more').toHaveLength(2)
  })

  test('that the page died over is asked for again, as the same one', async () => {
    const here = await TestTill.open()
    const sam = new Person('sam')
    sam.send = () => Promise.reject(new Error('the page is gone'))
    await expect(openTill(sam, here.store, SHOP, 'Counter', NOW)).rejects.toThrow()
    const again = new Person('sam')
    await follow(again, here.store, [])
    await follow(again, here.store, [])
    expect(again.sent.map((one) => one.args.id)).toEqual((await here.store.tills()).map((one) => one.id))
  })

  test.each([
    ['its owner ended it', { ended: '2026-06-04 10:00:00.000Z' }, []],
    ['it is on the list of what was revoked', {}, [COUNTER]],
  ])('has ended where %s, and what it took before is still sent', async (_, row, revoked) => {
    const here = await till(2)
    const sam = new Person('sam')
    sam.tills.set(COUNTER, { id: COUNTER, shop: SHOP, name: 'Counter', token: word(NOW + 30 * DAY), ...row })
    await follow(sam, here.store, revoked)
    expect(tillFor(await here.store.tills(), SHOP)!.ended).toBe(true)
    await hand(sam, here.store, NOW)
    expect(sam.sent.find((one) => one.name === COMMAND)!.args.records).toHaveLength(2)
    await openTill(sam, here.store, SHOP, 'New', NOW + 1)
    expect(tillFor(await here.store.tills(), SHOP)!.name).toBe('New')
  })

  test('whose word has run out takes nothing until it has another, and then goes on', async () => {
    const here = await till(1)
    const sam = new Person('sam')
    here.now = NOW + 31 * DAY
    expect(await here.taking(COUNTER).type('7Q2KM4XD')).toEqual({ kind: 'refused', code: 'till_ended' })
    await renew(sam, here.store, new Set(), here.now, () => true)
    expect(sam.sent.map((one) => one.name)).toEqual(['tills.renew'])
    sam.tills.set(COUNTER, { id: COUNTER, shop: SHOP, name: 'Counter', token: word(here.now + 30 * DAY) })
    await follow(sam, here.store, [])
    expect((await here.taking(COUNTER).type('7Q2KM4XD')).kind).toBe('stamped')
  })
})
