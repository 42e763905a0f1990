/**
 * What a till promises: each thing that is held before it has its own verdict, nothing is taken twice, and the chain
 * has no gap and no fork, whenever the page dies and however many tabs there are.
 */
import 'fake-indexeddb/auto'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { digitsOf } from '../card/bytes'
import { CODES } from '../card/check'
import { till as said } from '../words/till'
import { rulesOf, stateOf } from './rules'
import { TillStore, type Kept } from './store'
import type { Result } from './taking'
import { TestTill } from './testing/counter'
import { DAY_S, NOW, printed, SHOP, shown } from './testing/issuer'

const MINUTE = 60_000
const MAYA = '00000000000000a1'
const OMAR = '00000000000000b2'
const COUNTER = 'tillcounter0000'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const codeOf = (result: Result) => (result.kind === 'refused' ? result.code : result.kind)
const recordOf = (result: Result): Kept => (result as Extract<Result, { kind: 'stamped' }>).record
const claimsOf = (record: Kept) => JSON.parse(Buffer.from(record.raw.split('.')[1]!, 'base64url').toString())

async function counter(scheme: object = {}) {
  const here = await TestTill.open(scheme)
  await here.addTill(COUNTER)
  return { here, taking: here.taking(COUNTER), maya: await here.issuer.card(MAYA), omar: await here.issuer.card(OMAR) }
}

/** The chain as the server reads it: numbers from 1, each naming the one before. */
async function chainOf(store: TillStore): Promise<Kept[]> {
  const records = (await store.records()).sort((a, b) => a.seq - b.seq)
  records.forEach((one, i) => {
    expect(one.seq).toBe(i + 1)
    expect(claimsOf(one)).toMatchObject({ seq: i + 1, prv: records[i - 1]?.id ?? '' })
  })
  const till = await store.till(COUNTER)
  expect([till!.seq, till!.head]).toEqual([records.length, records.at(-1)?.id ?? ''])
  return records
}

describe('a card before a till with no signal', () => {
  test('is stamped at once, and the record says all that the server needs', async () => {
    const { here, taking, maya } = await counter()
    here.offset = -90_000
    const result = await taking.scan(await shown(maya, here.now))
    expect(result.kind).toBe('stamped')
    const claims = claimsOf(recordOf(result))
    expect(claims).toMatchObject({ iss: COUNTER, shop: SHOP, act: 'stamp', seq: 1, prv: '', iat: NOW / 1000, offset: -90_000 })
    expect(Buffer.from(claims.card, 'base64url').length).toBe(213)
    await chainOf(here.store)
  })

  test('shown again with the same proof is refused on the spot, also after a restart and after the stamp was taken back', async () => {
    const { here, taking, maya } = await counter()
    const square = await shown(maya, here.now)
    const first = await taking.scan(square)
    expect(codeOf(await taking.scan(square))).toBe('proof_replayed')
    await here.reopen()
    expect(codeOf(await here.taking(COUNTER).scan(square))).toBe('proof_replayed')
    expect((await here.taking(COUNTER).undo(recordOf(first).id)).kind).toBe('undone')
    expect(codeOf(await here.taking(COUNTER).scan(square))).toBe('proof_replayed')
  })

  test('has a verdict of its own for each thing that can be wrong', async () => {
    const { here, taking, maya } = await counter()
    const square = await shown(maya, here.now)
    const stranger = await (await TestTill.open()).issuer.card(MAYA)
    const old = await here.issuer.card(OMAR, { day: Math.floor(NOW / 1000 / DAY_S) - 91 })
    const soon = await here.issuer.card(OMAR, { day: Math.floor(NOW / 1000 / DAY_S) + 1 })
    const twist = (text: string, at: number) => text.slice(0, at) + ((Number(text[at]) + 1) % 10) + text.slice(at + 1)
    const cases: [string, string, number?][] = [
      ['https://elsewhere.example/join#7Q2K', 'card_unreadable'],
      [await shown(stranger, here.now), 'card_forged'],
      [twist(square, 250), 'card_forged'],
      [twist(square, 510), 'proof_forged'],
      [await shown(old, here.now), 'card_expired'],
      [await shown(soon, here.now), 'card_early'],
      [digitsOf(new Uint8Array(213).fill(1, 0, 2)), 'card_other'],
      [square, 'proof_stale', 2 * MINUTE],
      [square, 'proof_early', -MINUTE],
    ]
    for (const [text, code, later = 0] of cases) {
      here.now = NOW + later
      expect(codeOf(await taking.scan(text)), code).toBe(code)
    }
    here.now = NOW
    expect(await here.store.records()).toEqual([])
    expect((await taking.scan(square)).kind).toBe('stamped')
  })

  test('is held to the caps, which count what was taken back and what the server refused no more', async () => {
    const { here, taking, maya, omar } = await counter()
    const first = await taking.scan(await shown(maya, here.now))
    here.now += 5 * MINUTE
    expect(codeOf(await taking.scan(await shown(maya, here.now)))).toBe('too_soon')
    expect((await taking.scan(await shown(omar, here.now))).kind).toBe('stamped')
    await taking.undo(recordOf(first).id)
    const second = await taking.scan(await shown(maya, here.now))
    expect(second.kind).toBe('stamped')
    here.now += 31 * MINUTE
    expect((await taking.scan(await shown(maya, here.now))).kind).toBe('stamped')
    here.now += 31 * MINUTE
    expect(codeOf(await taking.scan(await shown(maya, here.now)))).toBe('cap_day')
    await here.store.mark([recordOf(second).id], (one) => ({ ...one, verdict: 'rejected:proof_reused' }))
    expect((await taking.scan(await shown(maya, here.now))).kind).toBe('stamped')
    here.now += DAY_S * 1000
    expect((await taking.scan(await shown(maya, here.now))).kind).toBe('stamped')
    await chainOf(here.store)
  })

  test('on paper counts once a day, and so does its typed code', async () => {
    const { here, taking } = await counter()
    const paper = await here.issuer.card(MAYA, { bound: false })
    expect(recordOf(await taking.scan(printed(paper))).kind).toBe('printed')
    here.now += 60 * MINUTE
    expect(codeOf(await taking.scan(printed(paper)))).toBe('cap_day')
    const typed = recordOf(await taking.type('7Q2KM4XD'))
    expect(typed.kind).toBe('typed')
    const { card, code } = claimsOf(typed)
    expect([card, code]).toEqual([undefined, '7Q2KM4XD'])
    here.now += 60 * MINUTE
    expect(codeOf(await taking.type('7Q2KM4XD'))).toBe('cap_day')
    expect(codeOf(await taking.type('7Q2K'))).toBe('code_unknown')
  })

  test('waits where the till has given as many as it may in an hour', async () => {
    const { here, taking, maya, omar } = await counter({ perTillHour: 1 })
    await taking.scan(await shown(maya, here.now))
    expect(codeOf(await taking.scan(await shown(omar, here.now)))).toBe('till_busy')
    here.now += 61 * MINUTE
    expect((await taking.scan(await shown(omar, here.now))).kind).toBe('stamped')
  })
})

describe('a stamp', () => {
  test('is taken back within its minutes, once, and only by a till that gave it', async () => {
    const { here, taking, maya, omar } = await counter()
    await here.addTill('tillback0000000')
    const stamp = recordOf(await taking.scan(await shown(maya, here.now)))
    expect(codeOf(await here.taking('tillback0000000').undo(stamp.id))).toBe('undo_late')
    const undo = recordOf(await taking.undo(stamp.id))
    expect(claimsOf(undo)).toMatchObject({ act: 'undo', of: stamp.id, seq: 2, prv: stamp.id })
    expect(claimsOf(undo).card).toBeUndefined()
    expect(codeOf(await taking.undo(stamp.id))).toBe('undo_late')
    expect(stateOf(stamp, await here.store.records())).toBe('undone')
    const late = recordOf(await taking.scan(await shown(omar, here.now)))
    here.now += 11 * MINUTE
    expect(codeOf(await taking.undo(late.id))).toBe('undo_late')
  })
})

describe('a voucher', () => {
  const JTI = '00000000000000c3'
  const never = () => Promise.reject(new Error('nobody is asked'))

  test('that may be taken offline shows its reward in words, and is given once', async () => {
    const { here, taking, maya } = await counter()
    const voucher = await here.issuer.voucher(MAYA, JTI)
    const asks = (await taking.scan(await shown(maya, here.now, voucher))) as Extract<Result, { kind: 'asks' }>
    expect(asks).toMatchObject({ kind: 'asks', title: 'A coffee', online: false })
    expect(await here.store.records()).toEqual([])
    const given = await taking.give(asks, never)
    expect(given).toMatchObject({ kind: 'given', sure: false })
    const claims = claimsOf(recordOf(given))
    expect([claims.act, Buffer.from(claims.voucher, 'base64url').length, Buffer.from(claims.card, 'base64url').length]).toEqual(['redeem', 98, 213])
    here.now += MINUTE
    const again = (await taking.scan(await shown(maya, here.now, voucher))) as Extract<Result, { kind: 'asks' }>
    expect(codeOf(await taking.give(again, never))).toBe('voucher_spent')
  })

  test('is of when it was shown, however long somebody looks for the tea', async () => {
    const { here, taking, maya } = await counter()
    const asks = (await taking.scan(await shown(maya, here.now, await here.issuer.voucher(MAYA, JTI)))) as Extract<Result, { kind: 'asks' }>
    here.now += 4 * MINUTE
    const given = await taking.give(asks, never)
    expect(claimsOf(recordOf(given)).iat).toBe(NOW / 1000)
  })

  test('that may not, or is worth too much, waits for the server’s word', async () => {
    const { here, taking, maya } = await counter()
    const dear = await here.issuer.voucher(MAYA, JTI, { pence: 900 })
    for (const voucher of [dear, await here.issuer.voucher(MAYA, JTI, { offline: false })]) {
      expect(codeOf(await taking.scan(await shown(maya, here.now, voucher)))).toBe('voucher_online')
    }
    here.online = true
    const asks = async () => (await taking.scan(await shown(maya, (here.now += 1000), dear))) as Extract<Result, { kind: 'asks' }>
    expect((await asks()).online).toBe(true)
    expect(codeOf(await taking.give(await asks(), async () => ''))).toBe('voucher_asking')
    await here.store.mark((await here.store.records()).map((one) => one.id), (one) => ({ ...one, verdict: 'rejected:voucher_spent' }))
    expect(codeOf(await taking.give(await asks(), async () => 'rejected:voucher_spent'))).toBe('voucher_spent')
    await here.store.mark((await here.store.records()).map((one) => one.id), (one) => ({ ...one, verdict: 'rejected:voucher_spent' }))
    expect(await taking.give(await asks(), async () => 'ok')).toMatchObject({ kind: 'given', sure: true })
    await chainOf(here.store)
  })

  test('of another card, of other shops, forged or run out has its own verdict', async () => {
    const { here, taking, maya } = await counter()
    const scan = async (voucher: Uint8Array) => codeOf(await taking.scan(await shown(maya, here.now, voucher)))
    expect(await scan(await here.issuer.voucher(OMAR, JTI))).toBe('voucher_card')
    expect(await scan(await (await TestTill.open()).issuer.voucher(MAYA, JTI))).toBe('voucher_forged')
    expect(await scan(await here.issuer.voucher(MAYA, JTI, { day: Math.floor(NOW / 1000 / DAY_S) - 61 }))).toBe('voucher_expired')
    here.put('rewards', { id: 'rewardcoffee000', title: 'A coffee', shops: [{ shop: 'shopelsewhere00', share: 100 }] })
    expect(await scan(await here.issuer.voucher(MAYA, JTI))).toBe('voucher_shop')
    here.put('rewards', { id: 'another00000000', title: 'Tea', shops: [] })
    here.collections.get('rewards')!.delete('rewardcoffee000')
    const asks = await taking.scan(await shown(maya, here.now, await here.issuer.voucher(MAYA, JTI)))
    expect(asks).toMatchObject({ kind: 'asks', title: said.unknownReward })
  })
})

describe('the chain', () => {
  // Locks that lock nothing: then only the head itself is left to say that another tab was first.
  test.each([null, { request: (_: string, work: () => Promise<unknown>) => work() }])('has no fork though many tabs scan at once, and one proof at two of them counts once', async (locks) => {
    vi.stubGlobal('navigator', { locks })
    const { here, maya } = await counter({ minutesApart: 0, stampsPerDay: 10 })
    const tabs = await Promise.all([1, 2, 3].map(() => TillStore.open(here.name)))
    const phones = await Promise.all(tabs.flatMap((_, i) => [0, 1, 2].map((j) => here.issuer.card(`00000000000000${i}${j}`))))
    const one = await shown(maya, here.now)
    const squares = await Promise.all(phones.map((phone) => shown(phone, here.now)))
    const results = await Promise.all(
      tabs.flatMap((store, i) => {
        const taking = here.taking.call(Object.assign(Object.create(here), { store }), COUNTER)
        return [one, ...squares.slice(i * 3, i * 3 + 3)].map((square) => taking.scan(square))
      }),
    )
    expect(results.map(codeOf).sort()).toEqual([...Array(2).fill('proof_replayed'), ...Array(10).fill('stamped')])
    expect(await chainOf(here.store)).toHaveLength(10)
    for (const tab of tabs) tab.close()
  })

  test('is whole wherever the page dies: what was shown as done is kept, and nothing else moves the head', async () => {
    const { here, taking, maya, omar } = await counter()
    await taking.scan(await shown(maya, here.now))
    // It dies while the disk writes: the transaction never ends well.
    for (const dies of ['add', 'put'] as const) {
      const spy = vi.spyOn(IDBObjectStore.prototype, dies).mockImplementationOnce(() => {
        throw new DOMException('gone', 'QuotaExceededError')
      })
      expect(codeOf(await taking.scan(await shown(omar, here.now))), dies).toBe('storage')
      spy.mockRestore()
      await here.reopen()
      expect(await chainOf(here.store)).toHaveLength(1)
    }
    expect((await here.taking(COUNTER).scan(await shown(omar, here.now))).kind).toBe('stamped')
    expect(await chainOf(here.store)).toHaveLength(2)
  })

  test('of a till that has ended takes nothing more', async () => {
    const { here, taking, maya } = await counter()
    await here.store.change(COUNTER, () => ({ ended: true }))
    expect(codeOf(await taking.scan(await shown(maya, here.now)))).toBe('till_ended')
    expect(codeOf(await here.taking('nosuchtill00000').type('7Q2KM4XD'))).toBe('till_ended')
  })

  test('is signed with a key that nobody can read out', async () => {
    const { here } = await counter()
    const { keys } = (await here.store.till(COUNTER))!
    await expect(crypto.subtle.exportKey('jwk', keys.privateKey)).rejects.toThrow()
  })
})

describe('words', () => {
  test('there is a sentence for every code', () => {
    for (const code of CODES) expect(said.refusals[code]?.text, code).toBeTruthy()
    for (const code of ['proof_reused', 'chain_gap', 'chain_fork', 'too_late', 'clock_wrong', 'till_ended', 'outside_hours', 'record_forged']) expect(said.answers[code], code).toBeTruthy()
    expect(new Set(Object.values(said.refusals).map((one) => one.text)).size).toBe(Object.keys(said.refusals).length)
  })

  test('rules that are missing or broken are as they come', () => {
    expect(rulesOf({ stampsPerDay: 3, minutesApart: 'soon', undoMinutes: null, other: 1 })).toMatchObject({ stampsPerDay: 3, minutesApart: 30, undoMinutes: 10 })
    expect(rulesOf('')).toMatchObject({ perTillHour: 60 })
  })
})
