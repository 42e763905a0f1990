/**
 * Sealing to the server: each side opens what the other has sealed. `testdata/seal/go.json` was made by
 * `go test ./internal/seal -update`, `js.json` by this file with KITH_UPDATE=1; both tests read both.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { base64url, fromBase64url } from '../sync/ids'
import { openBytes, seal, sealBytes } from './seal'

interface Vector {
  private: string
  public: string
  blob: string
  plain: string
}

const FOLDER = new URL('../../../testdata/seal/', import.meta.url)
const CURVE = { name: 'ECDH', namedCurve: 'P-256' }

async function newServer(): Promise<{ to: string; key: CryptoKey; private: string }> {
  const { privateKey, publicKey } = (await crypto.subtle.generateKey(CURVE, true, ['deriveBits'])) as CryptoKeyPair
  const to = base64url(new Uint8Array(await crypto.subtle.exportKey('raw', publicKey)))
  const { d } = await crypto.subtle.exportKey('jwk', privateKey)
  return { to, key: privateKey, private: d! }
}

async function keyOf(vector: Vector): Promise<CryptoKey> {
  const point = fromBase64url(vector.public)
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map(base64url) as [string, string]
  return crypto.subtle.importKey('jwk', { kty: 'EC', crv: 'P-256', x, y, d: vector.private }, CURVE, true, ['deriveBits'])
}

if (process.env.KITH_UPDATE) {
  const vectors: Vector[] = []
  for (const plain of ['', '{"protocol":1,"token":"x"}', 'Zoë’s lunch '.repeat(400)]) {
    const server = await newServer()
    vectors.push({ private: server.private, public: server.to, blob: await sealBytes(server.to, new TextEncoder().encode(plain)), plain })
  }
  writeFileSync(new URL('js.json', FOLDER), `${JSON.stringify(vectors, null, 2)}\n`)
}

describe('vectors', () => {
  test.each(['go.json', 'js.json'])('of %s open', async (file) => {
    const vectors: Vector[] = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))
    expect(vectors.length).toBeGreaterThanOrEqual(3)
    for (const vector of vectors) expect(new TextDecoder().decode(await openBytes(await keyOf(vector), vector.blob))).toBe(vector.plain)
  })
})

describe('what is sealed', () => {
  test('opens to the same value, and to no other key', async () => {
    const [server, other] = [await newServer(), await newServer()]
    const blob = await seal(server.to, { token: 't', commands: [{ name: 'Zoë' }] })
    expect(JSON.parse(new TextDecoder().decode(await openBytes(server.key, blob)))).toEqual({ token: 't', commands: [{ name: 'Zoë' }] })
    await expect(openBytes(other.key, blob)).rejects.toThrow()
  })

  test('is never the same twice, and shows its length in steps only', async () => {
    const { to } = await newServer()
    const lengths = new Set<number>()
    const blobs = new Set<string>()
    for (let i = 0; i < 20; i++) {
      const blob = await seal(to, { text: 'x'.repeat(i * 40) })
      lengths.add(blob.length)
      blobs.add(blob)
    }
    expect([lengths.size, blobs.size]).toEqual([1, 20])
  })

  test('is refused a key that is none', async () => {
    await expect(seal('', {})).rejects.toThrow()
    await expect(seal(base64url(new Uint8Array(65).fill(4)), {})).rejects.toThrow()
  })
})
