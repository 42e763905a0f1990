import { beforeAll, describe, expect, it } from 'vitest'
import cases from '../../../testdata/occurrences.json'
import { find, loadLibrary, needsLibrary, occurrences, type Occurrence, type Schedule } from '.'

/** An occurrence as testdata/occurrences.py writes it. */
function written(one: Occurrence) {
  const instant = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z')
  return { ...one, start: instant(one.start), end: instant(one.end) }
}

describe('before the library has come', () => {
  it('gives no occurrences of a rule that needs it, and all of one that does not', () => {
    const monthly = [{ start: '2026-06-11T18:00', minutes: 60, zone: 'Europe/London', rrule: 'FREQ=MONTHLY;BYMONTHDAY=11' }]
    const weekly = [{ start: '2026-06-11T18:00', minutes: 60, zone: 'Europe/London', rrule: 'FREQ=WEEKLY;BYDAY=TH' }]
    const [from, to] = [Date.UTC(2026, 5, 1), Date.UTC(2026, 6, 1)]
    expect([needsLibrary(monthly), occurrences(monthly, from, to, 9).length]).toEqual([true, 0])
    expect([needsLibrary(weekly), occurrences(weekly, from, to, 9).length]).toEqual([false, 3])
  })
})

describe('the shared vectors', () => {
  beforeAll(loadLibrary)

  for (const one of cases) {
    const schedule = one.schedule as Schedule
    it(one.name, () => {
      const got = occurrences(schedule, Date.parse(one.from), Date.parse(one.to), one.max)
      expect(got.map(written)).toEqual(one.occurrences)
      for (const [key, want] of Object.entries(one.find as Record<string, unknown>)) {
        const found = find(schedule, key)
        expect(found ? written(found) : null, key).toEqual(want)
      }
    })
  }
})
