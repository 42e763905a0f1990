/**
 * A proof with each request, where the server wants one.
 */
import { describe, expect, test } from 'vitest'
import { post } from '../sync/transport'
import { refusal, TestWorld } from '../sync/testing/world'
import { newKeys } from './key'
import { Prover } from './prover'

const claims = (proof: string) => JSON.parse(Buffer.from(proof.split('.')[1]!, 'base64url').toString())

async function aProver(world: TestWorld, hasRole = false): Promise<Prover> {
  const { keys } = await newKeys()
  return new Prover({ env: world, keys: () => keys, offset: () => 5_000, hasRole: () => hasRole })
}

describe('a proof', () => {
  test('is not sent while nobody wants one', async () => {
    const world = new TestWorld()
    world.answer = () => Response.json({})
    await post(world, '/api/sync', {}, 'token1', await aProver(world))
    expect(world.seen.map(({ proof }) => proof)).toEqual([''])
  })

  test('is sent at once by somebody who is more than a resident, for this request and this token', async () => {
    const world = new TestWorld()
    world.answer = () => Response.json({})
    await post(world, '/api/sync', {}, 'token1', await aProver(world, true))
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode('token1'))
    expect(claims(world.seen[0]!.proof)).toEqual({
      htm: 'POST', htu: 'https://town.example/api/sync', iat: Math.floor((world.now() + 5_000) / 1000), jti: expect.any(String),
      ath: Buffer.from(hash).toString('base64url'),
    })
  })

  test('is sent once it was missing, and from then on', async () => {
    const world = new TestWorld()
    const prover = await aProver(world)
    world.answer = ({ proof }) => (proof ? Response.json({}) : refusal(401, 'proof_missing'))
    expect((await post(world, '/api/sync', {}, 'token1', prover)).ok).toBe(true)
    expect((await post(world, '/api/sync', {}, 'token1', prover)).ok).toBe(true)
    expect(world.seen.map(({ proof }) => proof !== '')).toEqual([false, true, true])
  })

  test('of a wrong time is signed once more with the server’s', async () => {
    const world = new TestWorld()
    const prover = await aProver(world)
    const now = Date.UTC(2026, 0, 1)
    world.answer = ({ proof }) => {
      if (!proof) return refusal(401, 'proof_missing')
      return claims(proof).iat === now / 1000 ? Response.json({}) : refusal(401, 'proof_clock', { now: new Date(now).toISOString() })
    }
    expect((await post(world, '/api/sync', {}, 'token1', prover)).ok).toBe(true)
    expect(world.seen.length).toBe(3)
  })

  test('that is refused again and again ends', async () => {
    const world = new TestWorld()
    world.answer = () => refusal(401, 'proof_used')
    expect((await post(world, '/api/sync', {}, 'token1', await aProver(world, true))).ok).toBe(false)
    expect(world.seen.length).toBe(3)
  })
})
