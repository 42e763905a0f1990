import { describe, expect, it } from 'vitest'
import { asksOf, KINDS } from './acts'

describe('what the form for a note asks', () => {
  it('tells a coordinator who spoke with whoever passed a concern on not to write who that is: a coach reads it', () => {
    expect(asksOf('spokeListener').hint).toMatch(/don’t write who/i)
  })

  it('asks a coach what the coordinator should say, and everybody else what came of it', () => {
    expect(asksOf('askedCoordinator').label).toMatch(/coordinator/)
    const others = KINDS.filter((kind) => kind !== 'askedCoordinator')
    expect(new Set(others.map((kind) => asksOf(kind).label)).size).toBe(1)
    expect(new Set(KINDS.map((kind) => asksOf(kind).wrong)).size).toBe(2)
  })
})
