import { beforeAll, describe, expect, test } from 'vitest'
import { concat } from '../sync/bytes'
import { bytesOf, digitsOf } from './bytes'
import { check, checkPacked } from './check'
import { CardTown, DAY_S, flipped, ISSUER, mirrored } from './testing/town'
import { readRevocations, setOf, signProof } from './tokens'

const NOW_S = 1_795_689_000
const DAY = Math.floor(NOW_S / DAY_S)
const now = NOW_S * 1000

let town: CardTown
beforeAll(async () => {
  town = await CardTown.open()
})

const codeOf = async (packed: Uint8Array, at = now) => (await checkPacked(town.set, {}, packed, at)).code

describe('a single bit', () => {
  test.each([
    ['of what a phone shows', () => town.shown(NOW_S)],
    ['of a printed card with a voucher', async () => concat(await town.card({ day: DAY }), await town.voucher({ day: DAY }))],
  ])('%s can not be changed', async (_what, make) => {
    const good = await make()
    expect(await codeOf(good)).toBe('ok')
    const codes = new Map<string, number>()
    for (let bit = 0; bit < good.length * 8; bit++) {
      const code = await codeOf(flipped(good, bit))
      codes.set(code, (codes.get(code) ?? 0) + 1)
    }
    expect(codes.has('ok')).toBe(false)
    expect([...codes.values()].reduce((sum, n) => sum + n)).toBe(good.length * 8)
  })
})

test('what is read of the digits is what was packed', async () => {
  const shown = await town.shown(NOW_S)
  const { code, card, proof, voucher } = await check(town.set, {}, digitsOf(concat(shown, await town.voucher({ day: DAY }))), now)
  expect(code).toBe('ok')
  expect(card).toMatchObject({ kid: 1, sub: '0102030405060708', issued: DAY * DAY_S, expires: (DAY + 90) * DAY_S })
  expect(concat(card!.packed, proof!.packed)).toEqual(shown)
  expect(voucher).toMatchObject({ id: '0908070605040302', reward: 'abcdefghij12345', pence: 350, offline: true, sub: card!.sub })
})

test('a proof is the same in both forms of its signature, and is taken once', async () => {
  const shown = await town.shown(NOW_S)
  const seen = new Set<string>()
  const facts = { seen: (id: string) => seen.has(id) || !seen.add(id) }
  expect((await checkPacked(town.set, facts, shown, now)).code).toBe('ok')
  expect((await checkPacked(town.set, facts, concat(shown.slice(0, 149), mirrored(shown.slice(149))), now)).code).toBe('proof_replayed')
  expect((await checkPacked(town.set, facts, await town.shown(NOW_S), now)).code).toBe('ok') // another nonce
})

test('no text that is no card has digits, and a card without its proof has none', async () => {
  const text = digitsOf(await town.card({ day: DAY }))
  for (const bad of ['', `1${text}`, text.slice(1), `-${text.slice(1)}`, `+${text.slice(1)}`, `${text.slice(1)}\n`, '9'.repeat(text.length), `٣${text.slice(1)}`, `0x${text.slice(2)}`, digitsOf(await town.card({ day: DAY, key: town.phone.point }))]) {
    expect(bytesOf(bad), bad).toBeNull()
    expect((await check(town.set, {}, bad, now)).code).toBe('card_unreadable')
  }
})

test('a proof of another community, or by another phone, is none', async () => {
  const card = await town.card({ day: DAY, key: town.phone.point })
  for (const [key, issuer] of [
    [town.phone.privateKey, 'kithcommunity02'],
    [town.till.privateKey, ISSUER],
  ] as const) {
    expect(await codeOf(concat(card, await signProof(key, issuer, card, NOW_S)))).toBe('proof_forged')
  }
  await expect(signProof(town.phone.privateKey, ISSUER, card.slice(1), NOW_S)).rejects.toThrow()
})

test('a clock that is wrong is told from a proof that is old', async () => {
  const shown = await town.shown(NOW_S)
  expect(await codeOf(shown, now + 90_000)).toBe('ok')
  expect(await codeOf(shown, now + 90_001)).toBe('proof_stale')
  expect(await codeOf(shown, now - 30_000)).toBe('ok')
  expect(await codeOf(shown, now - 30_001)).toBe('proof_early')
  expect(await codeOf(shown, 0)).toBe('card_early')
})

test('a list that is longer than any is not looked at', async () => {
  const list = (cards: number) => {
    const ids = Array.from({ length: cards }, (_, i) => i.toString(16).padStart(16, '0'))
    return town.text({ alg: 'ES256', kid: '4', typ: 'rev+jwt' }, { iss: ISSUER, seq: 1, iat: NOW_S, exp: NOW_S + DAY_S, cards: ids, tills: [], vouchers: [], keys: [] }, 4)
  }
  expect((await readRevocations(town.set, await list(8_000)))?.cards).toHaveLength(8_000)
  expect(await readRevocations(town.set, await list(20_000))).toBeNull()
})

test('where no keys are known every card is another’s', async () => {
  const shown = await town.shown(NOW_S)
  for (const keys of [undefined, null, '', '[]', [], {}]) expect((await checkPacked(setOf(ISSUER, keys), {}, shown, now)).code).toBe('card_other')
  expect(await readRevocations(setOf(ISSUER, []), 'a.b.c')).toBeNull()
  expect((await checkPacked(setOf(ISSUER, JSON.stringify(town.set.keys)), {}, shown, now)).code).toBe('ok')
})
