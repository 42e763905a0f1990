import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { grouped, hashOf, isWholeCode, newCode, plainCode } from './code'

describe('a code made on this phone', () => {
  test('has sixteen letters that nobody misreads, in fours', () => {
    for (let i = 0; i < 200; i++) expect(newCode()).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
  })

  test('is never the same twice', () => {
    expect(new Set(Array.from({ length: 500 }, newCode)).size).toBe(500)
  })

  test('is the same code however it is typed', async () => {
    expect(plainCode(' 7q2k m4xd-oIl1 2hvw ')).toBe('7Q2KM4XD01112HVW')
    expect(['7Q2K–M4XD–9TRF–2HVW', '7Q2K—M4XD‑9TRF−2HVW'].map(grouped), 'with dashes that a phone or a letter makes longer').toEqual(['7Q2K-M4XD-9TRF-2HVW', '7Q2K-M4XD-9TRF-2HVW'])
    expect(await hashOf('7q2k m4xd oil1 2hvw')).toBe(await hashOf('7Q2K-M4XD-0111-2HVW'))
    expect(grouped('7q2km4xd9trf2hvw')).toBe('7Q2K-M4XD-9TRF-2HVW')
  })

  test('is hashed as the server does it', async () => {
    expect(await hashOf('7Q2K-M4XD-9TRF-2HVW')).toBe(createHash('sha256').update('7Q2KM4XD9TRF2HVW').digest('hex'))
  })

  test('is told from half a code and from other text', () => {
    expect(['7Q2K-M4XD-9TRF-2HVW', '7q2km4xd9trf2hvw', '7Q2K-M4XD', 'https://elsewhere', ''].map(isWholeCode)).toEqual([true, true, false, false, false])
  })
})
