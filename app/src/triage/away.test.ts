import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Away, AWAY_MS } from './away'

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => vi.useRealTimers())

function watched() {
  const gone = vi.fn()
  return { gone, away: new Away(gone) }
}

describe('a screen that is hidden', () => {
  it('keeps what it shows for less than a minute', () => {
    const { gone, away } = watched()
    away.saw(true, Date.now())
    vi.advanceTimersByTime(AWAY_MS - 1)
    away.saw(false, Date.now())
    vi.advanceTimersByTime(AWAY_MS * 3)
    expect(gone).not.toHaveBeenCalled()
  })

  it('has lost it after a minute, without being looked at', () => {
    const { gone, away } = watched()
    away.saw(true, Date.now())
    vi.advanceTimersByTime(AWAY_MS)
    expect(gone).toHaveBeenCalled()
  })

  it('has lost it where its timers slept', () => {
    const { gone, away } = watched()
    away.saw(true, 1_000_000)
    away.saw(false, 1_000_000 + AWAY_MS)
    expect(gone).toHaveBeenCalledTimes(1)
  })

  it('has lost it where the clock was set back', () => {
    const { gone, away } = watched()
    away.saw(true, 1_000_000)
    away.saw(false, 900_000)
    expect(gone).toHaveBeenCalledTimes(1)
  })

  it('begins to count anew each time', () => {
    const { gone, away } = watched()
    for (let time = 1_000_000; time < 1_400_000; time += 40_000) {
      away.saw(true, time)
      away.saw(false, time + 30_000)
    }
    expect(gone).not.toHaveBeenCalled()
  })
})
