import { existsSync } from 'node:fs'
import { beforeAll, expect, it } from 'vitest'
import schedules from '../../../testdata/hulme-schedules.json'
import vectors from '../../../testdata/hulme-occurrences.json'
// @ts-expect-error It is a plain script.
import { FEED, occurrences as byIcalJs } from '../../../testdata/hulme.mjs'
import { loadLibrary, occurrences, type Schedule } from '.'

const FROM = Date.parse('2018-07-01T00:00:00+01:00')
const TO = Date.parse('2018-11-01T00:00:00Z')

beforeAll(loadLibrary)

it('gives the occurrences of a real calendar that two other parsers give', () => {
  const instant = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z')
  const got = Object.entries(schedules as Record<string, Schedule>).flatMap(([event, schedule]) =>
    occurrences(schedule, FROM, TO, 1_000)
      .filter((one) => !one.cancelled)
      .map((one) => [event, instant(one.start), instant(one.end)]),
  )
  expect(got.length).toBeGreaterThan(500)
  expect(got.sort((a, b) => (a.join() < b.join() ? -1 : 1))).toEqual(vectors)
})

it.skipIf(!existsSync(FEED))('is compared with what ical.js says of the calendar itself', () => {
  expect(byIcalJs()).toEqual(vectors)
})
