/**
 * The envelope: either key opens it and no third, it is bound to what stands beside it, and it shows its length in
 * steps only. The letter around it opens with the transport key.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { openBytes } from '../turns/seal'
import { base64url } from '../sync/ids'
import { utf8 } from '../sync/hpke'
import { openEnvelope, sealEnvelope, type Facts } from './envelope'
import { receiptOf, writeConcern, writeWithdrawal } from './letter'
import { emptyDraft } from './plain'
import { newPair, type Pair } from './testing/keys'

const FACTS: Facts = { kind: 'concern', id: 'abcdefghijklmno', urgency: 'urgent', area: 'Nunhead', hour: '2026-11-25T15' }
let [intake, recovery, other, server] = [{} as Pair, {} as Pair, {} as Pair, {} as Pair]
beforeAll(async () => {
  ;[intake, recovery, other, server] = await Promise.all([newPair(), newPair(), newPair(), newPair()])
})
const keys = () => ({ intake: intake.point, recovery: recovery.point })

describe('an envelope', () => {
  test('opens by the intake key and by the recovery key, and by no other', async () => {
    const envelope = await sealEnvelope(keys(), FACTS, { words: 'Zoë’s lunch' })
    expect(await openEnvelope(intake.key, FACTS, envelope)).toEqual({ words: 'Zoë’s lunch' })
    expect(await openEnvelope(recovery.key, FACTS, envelope, 'recovery')).toEqual({ words: 'Zoë’s lunch' })
    await expect(openEnvelope(other.key, FACTS, envelope)).rejects.toThrow()
  })

  test('opens beside no other facts', async () => {
    const envelope = await sealEnvelope(keys(), FACTS, {})
    for (const change of [{ kind: 'note' }, { id: 'abcdefghijklmnp' }, { urgency: 'normal' }, { area: 'Peckham' }, { hour: '2026-11-25T16' }] as Partial<Facts>[]) {
      await expect(openEnvelope(intake.key, { ...FACTS, ...change }, envelope), JSON.stringify(change)).rejects.toThrow()
    }
  })

  test('is as long as its step says, and is refused beyond the last', async () => {
    const length = async (words: string) => (await sealEnvelope(keys(), FACTS, { words })).length
    expect(new Set(await Promise.all([0, 10, 500, 1000].map((count) => length('x'.repeat(count))))).size).toBe(1)
    const short = await length('')
    expect(Math.round(((await length('x'.repeat(1100))) - short) * 0.75)).toBe(1024)
    await expect(length('x'.repeat(9000))).rejects.toThrow()
  })
})

describe('a letter', () => {
  const head = () => ({ token: 'the token', proof: 'the proof', sealTo: base64url(server.point), now: Date.parse('2026-11-25T15:04:00Z') })
  const open = async (blob: string) => JSON.parse(new TextDecoder().decode(await openBytes(server.key, blob, utf8('kith letter 1'))))
  const by = { member: 'm', device: 'd', shop: '', firstName: 'Carol' }

  test('has who wrote it, the few facts and the envelope, and the hash of what takes it back', async () => {
    const draft = { ...emptyDraft(), asked: 'notYet' as const, noticed: ['lonely' as const], words: 'a word', urgent: true }
    const { id, secret, blob } = await writeConcern(head(), keys(), draft, by, 'Nunhead', head().now)
    const { token, proof, letter } = await open(blob)
    expect([token, proof]).toEqual(['the token', 'the proof'])
    const { sealed, ...facts } = letter
    expect(facts).toEqual({ kind: 'concern', id, urgency: 'urgent', area: 'Nunhead', hour: '2026-11-25T15', receipt: await receiptOf(secret) })
    expect(secret).toMatch(/^[\w-]{22}$/)
    expect(id).toMatch(/^[a-z0-9]{15}$/)
    expect(JSON.stringify(letter)).not.toContain('Carol')
    expect(await openEnvelope(intake.key, { kind: 'concern', id, urgency: 'urgent', area: 'Nunhead', hour: '2026-11-25T15' }, sealed)).toMatchObject({ words: 'a word', by })
    expect(await open(await writeWithdrawal(head(), { id, secret }))).toMatchObject({ letter: { kind: 'withdraw', id, receipt: secret } })
  })

  test('of a worry is as long as one that takes it back', async () => {
    const draft = { ...emptyDraft(), asked: 'agreed' as const, noticed: ['lonely' as const], name: 'Ann', words: 'x'.repeat(600) }
    const { blob } = await writeConcern(head(), keys(), draft, by, 'Nunhead', head().now)
    expect(blob.length).toBe((await writeWithdrawal(head(), { id: 'abcdefghijklmno', secret: 's' })).length)
  })
})
