/**
 * What waits when a turn ends: sealed in parts, each a push of its own under a new stream.
 */
import { expect, test } from 'vitest'
import { base64url } from '../sync/ids'
import type { Saved } from '../sync/queue'
import { openBytes } from './seal'
import { sealLeft } from './sealing'

test('is every command under its nonce, numbered from 1 on one new stream, oldest first, with the token', async () => {
  const { privateKey, publicKey } = (await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits'])) as CryptoKeyPair
  const sealTo = base64url(new Uint8Array(await crypto.subtle.exportKey('raw', publicKey)))
  const waiting = Array.from({ length: 230 }, (_, i): Saved => ({
    nonce: `nonce${i}`, number: i + 7, name: 'people.rename', v: 1, args: { firstName: `Name ${i}` }, at: '2026-06-01T09:00:00.000Z', offset: 0,
    seen: 3, member: 'rosa', sent: i < 3, settled: false,
  }))
  const parts = await sealLeft({ waiting: [...waiting].reverse(), token: 'the token', proof: 'the proof', sealTo, cursor: 'c' })
  const pushes = await Promise.all(parts.map(async (part) => JSON.parse(new TextDecoder().decode(await openBytes(privateKey, part)))))
  expect(pushes.map((push) => push.commands.length)).toEqual([100, 100, 30])
  expect(new Set(pushes.map((push) => push.stream)).size).toBe(1)
  expect(pushes.every((push) => push.token === 'the token' && push.cursor === 'c' && push.protocol === 1)).toBe(true)
  const commands = pushes.flatMap((push) => push.commands)
  expect(commands.map((command) => command.nonce)).toEqual(waiting.map((saved) => saved.nonce))
  expect(commands.map((command) => command.number)).toEqual(waiting.map((_, i) => i + 1))
  expect(Object.keys(commands[0])).not.toContain('member')
})
