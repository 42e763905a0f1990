import { expect, test } from 'vitest'
import { faultOf } from './camera'
import { readScanned, readTyped } from './text'

const HERE = 'https://town.example'
const read = (text: string, expected: 'join' | 'recover' | 'act' = 'join') => readScanned(text, expected, HERE)

test('an invite, a card and an offer are told apart by their page', () => {
  expect(read(`${HERE}/join#7Q2K-M4XD-9TRF-2HVW`)).toEqual({ door: 'join', code: '7Q2K-M4XD-9TRF-2HVW' })
  expect(read(`${HERE}/recover#7q2km4xd9trf2hvw`)).toEqual({ door: 'recover', code: '7Q2K-M4XD-9TRF-2HVW' })
  expect(read(`${HERE}/act#7Q2K-M4XD-9TRF-2HVW`)).toEqual({ door: 'act', code: '7Q2K-M4XD-9TRF-2HVW' })
})

test('a bare code is for what was being scanned', () => {
  expect(read('7Q2K M4XD 9TRF 2HVW', 'recover')).toEqual({ door: 'recover', code: '7Q2K-M4XD-9TRF-2HVW' })
})

test('another community’s invite is named by its address, and anything else is not taken', () => {
  expect(read('https://other.example/join#7Q2K-M4XD-9TRF-2HVW')).toEqual({ wrong: 'That code belongs to other.example, not here.' })
  for (const text of ['WIFI:S:cafe;;', 'https://other.example/menu', `${HERE}/l/abc`, `${HERE}/join#%E0%A4%A`, `${HERE}/join#short`, 'javascript:alert(1)']) {
    expect(read(text)).toHaveProperty('wrong')
  }
})

test('what is pasted may be the code, the whole link, or the message that it came in', () => {
  const code = '7Q2K-M4XD-9TRF-2HVW'
  for (const text of [code, '7q2k–m4xd–9trf–2hvw', `${HERE}/join#${code}`, ` town.example/join#${code}\n`, `You are invited. Open ${HERE}/join#${code}. Good until Friday.`]) {
    expect(readTyped(text, 'join', HERE), text).toEqual({ door: 'join', code })
  }
  expect(readTyped(`${HERE}/recover#${code}`, 'join', HERE), 'another page of ours').toEqual({ door: 'recover', code })
  expect(readTyped(`https://other.example/join#${code}`, 'join', HERE)).toEqual({ wrong: 'That code belongs to other.example, not here.' })
  expect(['7Q2K-M4XD', '', 'I have no code'].map((text) => readTyped(text, 'join', HERE))).toEqual([null, null, null])
})

test('a camera that is refused, absent or in use is told apart', () => {
  expect(['NotAllowedError', 'SecurityError', 'NotFoundError', 'OverconstrainedError', 'NotReadableError'].map((name) => faultOf({ name }))).toEqual([
    'refused', 'refused', 'absent', 'absent', 'busy',
  ])
  expect(faultOf(null)).toBe('absent')
})
