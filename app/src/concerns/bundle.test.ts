/**
 * The community's keys: signed by the first that was seen, never an older bundle, and each key under its own name.
 */
import { beforeAll, expect, test } from 'vitest'
import { base64url } from '../sync/ids'
import { readBundle, type Bundle, type Trust } from './bundle'
import { newPair, newSigner, signBundle, type Pair } from './testing/keys'

let [intake, recovery, signer, other] = [{} as Pair, {} as Pair, {} as CryptoKeyPair, {} as CryptoKeyPair]
beforeAll(async () => {
  ;[intake, recovery, signer, other] = await Promise.all([newPair(), newPair(), newSigner(), newSigner()])
})
const keys = () => ({ intake: intake.point, recovery: recovery.point })

test('a first bundle is read, and its signer remembered', async () => {
  const read = (await readBundle(await signBundle(signer, keys()), 'town', null)) as Bundle
  expect(read.intake).toEqual(intake.point)
  expect(read.recovery).toEqual(recovery.point)
  const { x, y } = await crypto.subtle.exportKey('jwk', signer.publicKey)
  expect(read.trust).toEqual({ community: 'town', signer: `${x}.${y}`, seq: 1 })
})

test('another signer is refused, also with a higher number; so is a lower number of the same', async () => {
  const { trust } = (await readBundle(await signBundle(signer, keys(), { claims: { seq: 3 } }), 'town', null)) as Bundle
  expect(await readBundle(await signBundle(other, keys(), { claims: { seq: 9 } }), 'town', trust)).toBe('other_signer')
  expect(await readBundle(await signBundle(signer, keys(), { claims: { seq: 2 } }), 'town', trust)).toBe('older')
  for (const seq of [3, 4]) expect(((await readBundle(await signBundle(signer, keys(), { claims: { seq } }), 'town', trust)) as Bundle).trust.seq).toBe(seq)
})

test('what is changed, of another community, or of another kind is no bundle', async () => {
  const right = await signBundle(signer, keys())
  const [head, claims, signature] = right.split('.') as [string, string, string]
  const name = { name: '0000000000000000', key: base64url(intake.point) }
  const wrong: string[] = [
    `${head}.${claims}.${signature.slice(0, -4)}AAAA`,
    `${head}.${base64url(new TextEncoder().encode(atob(claims.replaceAll('-', '+').replaceAll('_', '/')).replace('"seq":1', '"seq":2')))}.${signature}`,
    `${head}.${claims}`, `${right}.x`, ` ${right}`, `${right}\n`, 'x'.repeat(5000),
    await signBundle(signer, keys(), { claims: { iss: 'elsewhere' } }),
    await signBundle(signer, keys(), { claims: { seq: '1' } }),
    await signBundle(signer, keys(), { claims: { intake: name } }),
    await signBundle(signer, keys(), { claims: { recovery: null } }),
    await signBundle(signer, keys(), { head: { typ: 'dpop+jwt' } }),
    await signBundle(signer, keys(), { head: { alg: 'none' } }),
    await signBundle(signer, keys(), { head: { crit: ['x'] } }),
    await signBundle(signer, keys(), { head: { jwk: null } }),
  ]
  for (const text of wrong) expect(await readBundle(text, 'town', null as Trust | null), text).toBe('invalid')
  expect(await readBundle('', 'town', null)).toBe('none')
})
