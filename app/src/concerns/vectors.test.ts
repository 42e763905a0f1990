/**
 * What the server has sealed opens here, its bundles are read alike, and its rules of consent are the form's. What is
 * sealed here lies in envelope-js.json for the server's tests; KITH_UPDATE=1 writes it anew.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { hex, nameOf } from '../sync/hpke'
import { base64url, fromBase64url } from '../sync/ids'
import { readBundle } from './bundle'
import { openEnvelope, sealEnvelope, type Facts } from './envelope'
import { emptyDraft, missing, plainOf, type Asked, type Ground } from './plain'

interface Half {
  private: string
  public: string
  name: string
}
interface Envelope {
  intake: Half
  recovery: Half
  facts: Facts
  bound: string
  envelope: string
  plain: string
}

const FOLDER = new URL('../../../testdata/concern/', import.meta.url)
const CURVE = { name: 'ECDH', namedCurve: 'P-256' }
const read = <T>(file: string): T[] => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))

async function keyOf(half: Half): Promise<CryptoKey> {
  const point = fromBase64url(half.public)
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map(base64url) as [string, string]
  return crypto.subtle.importKey('jwk', { kty: 'EC', crv: 'P-256', x, y, d: half.private }, CURVE, true, ['deriveBits'])
}

async function newHalf(): Promise<Half> {
  const { privateKey, publicKey } = (await crypto.subtle.generateKey(CURVE, true, ['deriveBits'])) as CryptoKeyPair
  const point = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey))
  return { private: (await crypto.subtle.exportKey('jwk', privateKey)).d!, public: base64url(point), name: hex(await nameOf(point)) }
}

if (process.env.KITH_UPDATE) {
  const made: Envelope[] = []
  for (const [id, urgency, words] of [['abcdefghij12345', 'normal', ''], ['abcdefghij12346', 'urgent', 'Zoë’s lunch'], ['abcdefghij12347', 'normal', 'long '.repeat(190)]] as const) {
    const [intake, recovery] = [await newHalf(), await newHalf()]
    const facts: Facts = { kind: 'concern', id, urgency, area: 'Nunhead', hour: '2026-11-25T15' }
    const value = { v: 1, words }
    const envelope = await sealEnvelope({ intake: fromBase64url(intake.public), recovery: fromBase64url(recovery.public) }, facts, value)
    const text = JSON.stringify(value)
    const bytes = new TextEncoder().encode(text).length
    const bound = ['kith concern 1', 'concern', id, urgency, 'Nunhead', '2026-11-25T15', intake.name].join('\n')
    made.push({ intake, recovery, facts, bound, envelope, plain: text + ' '.repeat(Math.ceil((bytes + 1) / 1024) * 1024 - bytes) })
  }
  writeFileSync(new URL('envelope-js.json', FOLDER), `${JSON.stringify(made, null, 2)}\n`)
}

test.each(['envelope.json', 'envelope-js.json'])('the envelopes of %s open by both keys', async (file) => {
  const vectors = read<Envelope>(file)
  expect(vectors.length).toBeGreaterThanOrEqual(3)
  for (const { intake, recovery, facts, envelope, plain } of vectors) {
    expect(await openEnvelope(await keyOf(intake), facts, envelope)).toEqual(JSON.parse(plain))
    expect(await openEnvelope(await keyOf(recovery), facts, envelope, 'recovery')).toEqual(JSON.parse(plain))
  }
})

test('bundles are read as the server reads them', async () => {
  for (const { what, bundle, issuer, seq, intake } of read<{ what: string; bundle: string; issuer: string; seq: number; intake: string }>('bundle.json')) {
    const found = await readBundle(bundle, issuer, null)
    if (!intake) expect(found, what).toBe(bundle === '' ? 'none' : 'invalid')
    else expect(typeof found === 'object' && [found.trust.seq, hex(await nameOf(found.intake))], what).toEqual([seq, intake])
  }
})

describe('consent', () => {
  interface Combination {
    asked: Asked
    override?: { ground: Ground; why: string }
    person?: { name: string; reach: string; best: string }
    code: string
  }

  test('whatever the form lets be saved, the server takes', () => {
    const by = { member: 'm', device: 'd', shop: '', firstName: '' }
    const all = read<Combination>('consent.json')
    const taken = new Set(all.filter(({ code }) => code === '').map(({ asked, override, person }) => `${asked} ${override !== undefined} ${person !== undefined}`))
    for (const { asked, override, person } of all) {
      const draft = { ...emptyDraft(), asked, noticed: ['other' as const], override: override !== undefined, ground: override?.ground ?? ('' as const), why: override?.why ?? '', ...person }
      if (missing(draft, true).length > 0) continue
      const plain = plainOf(draft, by, '')
      expect(taken, JSON.stringify(plain)).toContain(`${plain.asked} ${plain.override !== undefined} ${plain.person !== undefined}`)
    }
  })
})
