/**
 * Keys, proofs, joining and sessions.
 */
import 'fake-indexeddb/auto'
import { describe, expect, test } from 'vitest'
import { openStore, type Store } from '../sync/store'
import { refusal, TestWorld } from '../sync/testing/world'
import { Refused } from '../sync/transport'
import { endsSoon, loadAccount } from './account'
import { newKeys, signProof } from './key'
import { enter, renew, type WayIn } from './session'

const ASKED: WayIn = { path: '/api/join', body: { invite: 'rosa', firstName: 'Rosa', deviceName: 'Phone' } }
let count = 0
const aStore = (): Promise<Store> => openStore(`device ${++count}`)

const part = (proof: string, i: number) => JSON.parse(Buffer.from(proof.split('.')[i]!, 'base64url').toString())
const proofs = (world: TestWorld): string[] => world.seen.map(({ body }) => body.proof)

async function verifies(proof: string): Promise<boolean> {
  const [head, claims, signature] = proof.split('.') as [string, string, string]
  const key = await crypto.subtle.importKey('jwk', part(proof, 0).jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
  const signed = new TextEncoder().encode(`${head}.${claims}`)
  return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, Buffer.from(signature, 'base64url'), signed)
}

describe('a proof', () => {
  test('has exactly the parts of the protocol, and its signature verifies', async () => {
    const { keys } = await newKeys()
    const proof = await signProof(keys, { method: 'POST', address: 'https://town.example/api/join', now: 1_780_000_000_999 })
    expect(part(proof, 0)).toEqual({
      typ: 'dpop+jwt', alg: 'ES256', jwk: { kty: 'EC', crv: 'P-256', x: expect.any(String), y: expect.any(String) },
    })
    expect(part(proof, 1)).toEqual({
      htm: 'POST', htu: 'https://town.example/api/join', iat: 1_780_000_000, jti: expect.stringMatching(/^[\w-]{22}$/),
    })
    expect(await verifies(proof)).toBe(true)
  })

  test('is never the same twice', async () => {
    const { keys } = await newKeys()
    const of = { method: 'POST', address: 'https://town.example/api/join', now: 0 }
    expect(part(await signProof(keys, of), 1).jti).not.toBe(part(await signProof(keys, of), 1).jti)
  })
})

describe('joining', () => {
  test('keeps a key that can sign and not be read', async () => {
    const world = new TestWorld()
    const store = await aStore()
    const account = await enter(world, store, 0, ASKED)
    const kept = (await loadAccount(store))!
    expect(kept.joined).toEqual(account.joined)
    expect(kept.joined).toMatchObject({ member: 'rosa', token: 'token1', roles: ['resident'] })
    await expect(crypto.subtle.exportKey('jwk', kept.keys.privateKey)).rejects.toThrow()
    expect(await verifies(await signProof(kept.keys, { method: 'POST', address: 'x', now: 0 }))).toBe(true)
  })

  test('after an answer that was lost shows the same key again', async () => {
    const world = new TestWorld()
    const store = await aStore()
    world.online = false
    await expect(enter(world, store, 0, ASKED)).rejects.toThrow()
    world.online = true
    await enter(world, store, 0, ASKED)
    await enter(world, store, 0, ASKED)
    const [lost, again, anew] = proofs(world).map((proof) => part(proof, 0).jwk.x)
    expect(again).toBe(lost)
    expect(anew).not.toBe(again)
  })

  test('on a phone with a wrong clock signs once more with the server’s time', async () => {
    const world = new TestWorld()
    let refused = 0
    world.answer = () => (refused++ === 0 ? refusal(401, 'proof_clock', { now: '2026-01-01T00:00:00.000Z' }) : undefined)
    await enter(world, await aStore(), 5_000, ASKED)
    expect(proofs(world).map((proof) => part(proof, 1).iat)).toEqual([
      Math.floor((world.now() + 5_000) / 1000), Date.UTC(2026, 0, 1) / 1000,
    ])
  })

  test('asks no third time', async () => {
    const world = new TestWorld()
    world.answer = () => refusal(401, 'proof_clock', { now: '2026-01-01T00:00:00.000Z' })
    await expect(enter(world, await aStore(), 0, ASKED)).rejects.toBeInstanceOf(Refused)
    expect(world.seen.length).toBe(2)
  })

  test('that is refused says why, and leaves no account', async () => {
    const world = new TestWorld()
    const store = await aStore()
    world.answer = () => refusal(403, 'invite_expired')
    await expect(enter(world, store, 0, ASKED)).rejects.toMatchObject({ refusal: { code: 'invite_expired', message: 'invite_expired.' } })
    expect(await loadAccount(store)).toBeNull()
  })
})

describe('a session', () => {
  test('brings a new token for the same key', async () => {
    const world = new TestWorld()
    const store = await aStore()
    const account = await enter(world, store, 0, ASKED)
    const renewed = await renew(world, store, 0, account)
    expect(renewed.joined.token).toBe('token2')
    expect((await loadAccount(store))!.joined.token).toBe('token2')
    expect(world.seen[1]).toMatchObject({ path: '/api/session', token: '', body: { device: 'device-rosa' } })
    expect(part(proofs(world)[1]!, 0).jwk).toEqual(part(proofs(world)[0]!, 0).jwk)
  })

  test('ends soon from a day before', async () => {
    const joined = { member: '', device: '', firstName: '', roles: [], token: 't', expires: 100 * 86_400_000 }
    expect(endsSoon(joined, 98.9 * 86_400_000)).toBe(false)
    expect(endsSoon(joined, 99.1 * 86_400_000)).toBe(true)
  })
})
