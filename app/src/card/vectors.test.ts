/**
 * What the server signs is right here, and what it refuses is refused here with the same code. What is signed here lies
 * in js.json for the server's tests; KITH_UPDATE=1 writes it anew.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { concat } from '../sync/bytes'
import { base64url, fromBase64url } from '../sync/ids'
import { bytesOf, digitsOf, unpack, type Point } from './bytes'
import { checkPacked, CODES } from './check'
import { CardTown, DAY_S, ISSUER } from './testing/town'
import { isSigned, keyOf, nameOf, readRevocations, rebuild, setOf, signRecord, type Claims } from './tokens'

const FOLDER = new URL('../../../testdata/card/', import.meta.url)
const load = <T>(file: string): T => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))

interface Packed {
  issuer: string
  keys: unknown
  revoked: { cards: string[]; vouchers: string[]; keys: number[] }
  vectors: { what: string; packed: string; at: number; seen?: boolean; code: string }[]
}
interface Texts {
  issuer: string
  keys: unknown
  till: Point
  vectors: { what: string; kind: 'record' | 'till' | 'list'; raw: string; at: number; code: string }[]
}
interface Made {
  issuer: string
  keys: unknown
  till: Point
  at: number
  packed: { what: string; packed: string; digits: string; card: string; proof: string; voucher: string }[]
  records: { what: string; raw: string; id: string; claims: object }[]
  list: string
}

const NOW_S = 1_795_689_000

async function make(): Promise<Made> {
  const town = await CardTown.open()
  const day = Math.floor(NOW_S / DAY_S)
  const [printed, shown, voucher] = [await town.card({ day, units: 73 }), await town.shown(NOW_S), await town.voucher({ day })]
  const packed: Made['packed'] = []
  for (const [what, bytes] of Object.entries({
    'a printed card': printed,
    "a phone's card": shown,
    'a printed card with a voucher': concat(printed, voucher),
    "a phone's card with a voucher": concat(shown, voucher),
    'a voucher of nothing, and the first of ids': concat(printed, await town.voucher({ day, pence: 0, offline: false, reward: new Uint8Array(10) })),
  })) {
    const texts = await rebuild(ISSUER, unpack(bytes) as Exclude<ReturnType<typeof unpack>, string>)
    const name = async (text: string | null) => (text === null ? '' : nameOf(text))
    packed.push({ what, packed: base64url(bytes), digits: digitsOf(bytes), card: await name(texts.card), proof: await name(texts.proof), voucher: await name(texts.voucher) })
  }
  const common = { till: 'till00000000001', shop: 'shop00000000001', jti: '0908070605040302', iat: NOW_S, offset: -1200 }
  const records: Made['records'] = []
  let prv = ''
  const acts: [string, Pick<Claims, 'act' | 'card' | 'code' | 'voucher' | 'of'>][] = [
    ['a stamp', { act: 'stamp', card: shown }],
    ['a stamp of a printed card', { act: 'stamp', card: printed }],
    ['a stamp that was typed', { act: 'stamp', code: '7Q2KM4XD' }],
    ['a redemption', { act: 'redeem', card: shown, voucher }],
    ['an undoing', { act: 'undo', of: 'a'.repeat(43) }],
  ]
  for (const [i, [what, act]] of acts.entries()) {
    const claims: Claims = { ...common, ...act, seq: i + 1, prv, offset: i === 4 ? 0 : common.offset }
    const { id, raw } = await signRecord(town.till.privateKey, claims)
    records.push({ what, raw, id, claims: { act: claims.act, seq: claims.seq, prv, code: claims.code ?? '', of: claims.of ?? '', offset: claims.offset } })
    prv = id
  }
  const head = { alg: 'ES256', kid: '4', typ: 'rev+jwt' }
  const list = await town.text(head, { iss: ISSUER, seq: 3, iat: NOW_S, exp: NOW_S + 7 * DAY_S, cards: ['0102030405060708'], tills: [], vouchers: [], keys: [5] }, 4)
  return { issuer: ISSUER, keys: town.set.keys, till: town.till.point, at: NOW_S, packed, records, list }
}

if (process.env.KITH_UPDATE) writeFileSync(new URL('js.json', FOLDER), `${JSON.stringify(await make(), null, 2)}\n`)

test('what a till reads has the code that the server has for it', async () => {
  const { issuer, keys, revoked, vectors } = load<Packed>('packed.json')
  const set = setOf(issuer, keys)
  expect(vectors.filter(({ code }) => code !== 'ok').length).toBeGreaterThanOrEqual(40)
  for (const { what, packed, at, seen, code } of vectors) {
    const verdict = await checkPacked(set, { revoked, seen: () => seen === true }, fromBase64url(packed), at * 1000)
    expect(verdict.code, what).toBe(code)
    expect(verdict.code === 'ok' || CODES.includes(verdict.code), what).toBe(true)
  }
})

test('what the server shows as digits is read here, and what is written here is the same', () => {
  for (const { what, packed } of load<Packed>('packed.json').vectors.filter(({ code }) => code === 'ok')) {
    const bytes = fromBase64url(packed)
    expect(bytesOf(digitsOf(bytes)), what).toEqual(bytes)
  }
})

test('a list of what was revoked is read as the server reads it', async () => {
  const { issuer, keys, vectors } = load<Texts>('texts.json')
  const lists = vectors.filter(({ kind }) => kind === 'list')
  expect(lists.length).toBeGreaterThan(40)
  for (const { what, raw, at, code } of lists) {
    const list = await readRevocations(setOf(issuer, keys), raw)
    if (code === 'list_forged') expect(list, what).toBeNull()
    else expect(list && at <= list.expires + 30, what).toBe(code === 'ok')
  }
})

test("a record that the server's side has signed is the text that is made here", async () => {
  const { till, vectors } = load<Texts>('texts.json')
  const key = await keyOf(till)
  const good = vectors.filter(({ kind, code }) => kind === 'record' && code === 'ok')
  expect(good).toHaveLength(2)
  for (const { raw, what } of good) {
    const [head, body, signature] = raw.split('.') as [string, string, string]
    expect(await isSigned(key, `${head}.${body}`, fromBase64url(signature)), what).toBe(true)
    const { iss, card, ...rest } = JSON.parse(new TextDecoder().decode(fromBase64url(body)))
    const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
    const anew = await signRecord(privateKey, { ...rest, till: iss, card: fromBase64url(card) })
    expect(anew.raw.split('.').slice(0, 2), what).toEqual([head, body])
    expect(anew.id).toBe(await nameOf(`${head}.${body}`))
  }
})

test('what lies in js.json was signed here', async () => {
  const { issuer, keys, till, at, packed, records, list } = load<Made>('js.json')
  const set = setOf(issuer, keys)
  for (const one of packed) expect((await checkPacked(set, {}, bytesOf(one.digits)!, at * 1000)).code, one.what).toBe('ok')
  const key = await keyOf(till)
  for (const { what, raw } of records) {
    const cut = raw.lastIndexOf('.')
    expect(await isSigned(key, raw.slice(0, cut), fromBase64url(raw.slice(cut + 1))), what).toBe(true)
  }
  expect(await readRevocations(set, list)).toMatchObject({ seq: 3, keys: [5] })
})
