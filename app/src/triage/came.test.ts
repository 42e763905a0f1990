import { describe, expect, it } from 'vitest'
import { cameWords } from './came'

const came = (received: string, now: string) => cameWords(Date.parse(received), Date.parse(now), 'Europe/London')

describe('when something came of which only the hour is known', () => {
  it.each([
    ['2026-11-25T22:00Z', '2026-11-25T22:58Z', 'Came in the last hour'],
    // It may have come four minutes ago, and an hour ago it can't have.
    ['2026-11-25T22:00Z', '2026-11-25T23:02Z', 'Came between 10pm and 11pm'],
    ['2026-11-25T08:00Z', '2026-11-25T16:00Z', 'Came between 8am and 9am'],
    ['2026-11-25T11:00Z', '2026-11-25T16:00Z', 'Came between 11am and midday'],
    ['2026-11-25T23:00Z', '2026-11-26T00:10Z', 'Came yesterday between 11pm and midnight'],
    ['2026-11-25T08:00Z', '2026-11-26T20:00Z', 'Came yesterday between 8am and 9am'],
    ['2026-11-25T23:00Z', '2026-11-27T00:10Z', 'Came 2 days ago'],
    ['2026-06-25T22:00Z', '2026-06-25T23:30Z', 'Came yesterday between 11pm and midnight'],
    ['2026-06-25T23:00Z', '2026-06-26T09:00Z', 'Came between midnight and 1am'],
    ['2025-11-25T08:00Z', '2026-11-25T08:30Z', 'Came 365 days ago'],
  ])('%s, read at %s: %s', (received, now, words) => {
    expect(came(received, now)).toBe(words)
  })
})
