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
    const monthly = [{ start: '2026-06-11T18:00', minutes: 60, zone: 'Europe/London', rrule: 'FREQ=MONTHLY;BYDAY=WE,TH;BYSETPOS=2' }]
    const weekly = [{ start: '2026-06-11T18:00', minutes: 60, zone: 'Europe/London', rrule: 'FREQ=WEEKLY;BYDAY=TH' }]
    const [from, to] = [Date.UTC(2026, 5, 1), Date.UTC(2026, 6, 1)]
    expect([needsLibrary(monthly), occurrences(monthly, from, to, 9).length]).toEqual([true, 0])
    expect([needsLibrary(weekly), occurrences(weekly, from, to, 9).length]).toEqual([false, 3])
  })
})

describe('what the server would refuse', () => {
  beforeAll(loadLibrary)

  const base = { start: '2026-06-04T12:00', minutes: 60, zone: 'Europe/London' }
  for (const [name, item] of Object.entries({
    'an unknown zone': { ...base, zone: 'Nowhere/Land' },
    'no time': { ...base, start: 'soon' },
    'a rule that is none': { ...base, rrule: 'nonsense' },
    'every second': { ...base, rrule: 'FREQ=SECONDLY' },
    'backwards': { ...base, rrule: 'FREQ=MONTHLY;INTERVAL=-1' },
    'a plain rule, backwards': { ...base, rrule: 'FREQ=WEEKLY;INTERVAL=0' },
    'a day that never comes': { ...base, rrule: 'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30' },
  })) {
    it(`gives nothing: ${name}`, () => {
      expect(occurrences([item], -Infinity, Infinity, 9)).toEqual([])
      expect(find([item], '2026-06-05T12:00')).toBeUndefined()
    })
  }
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
