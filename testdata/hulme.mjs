/**
 * Prints the occurrences of a real Google calendar from July to October 2018, as ical.js works them out. It is the
 * second of the two parsers behind testdata/hulme-occurrences.json; hulme.py is the first and says how to run both.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ICAL from '../app/node_modules/ical.js/dist/ical.js'

export const FEED = new URL('../../shared/data/ical/hulme_moss_side_age_friendly_google_2018-07-04.ics', import.meta.url)

/** Midnight in London, in summer and in winter time. */
const FROM = Date.parse('2018-07-01T00:00:00+01:00') / 1000
const TO = Date.parse('2018-11-01T00:00:00Z') / 1000

/** [event, start, end] in UTC, sorted. */
export function occurrences() {
  const calendar = new ICAL.Component(ICAL.parse(readFileSync(FEED, 'utf8')))
  for (const zone of calendar.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(zone)
  const london = ICAL.TimezoneService.get('Europe/London')
  const seconds = (at) => (at.isDate ? ICAL.Time.fromData({ ...at.toJSON(), isDate: false }, london) : at).toUnixTime()

  const events = calendar.getAllSubcomponents('vevent')
  const changes = events.filter((event) => event.hasProperty('recurrence-id'))
  const changesOf = (event) => changes.filter((one) => one.getFirstPropertyValue('uid') === event.getFirstPropertyValue('uid'))
  const masters = events.filter((event) => !changes.includes(event))
  const rows = []
  const add = (uid, start, end) => {
    if (seconds(start) < TO && seconds(end) > FROM) rows.push([name(uid), utc(seconds(start)), utc(seconds(end))])
  }
  for (const component of masters) {
    const event = new ICAL.Event(component, { exceptions: changesOf(component) })
    if (!event.isRecurring()) {
      add(event.uid, event.startDate, event.endDate)
      continue
    }
    const all = event.iterator()
    for (let at = all.next(); at && seconds(at) < TO; at = all.next()) {
      const { startDate, endDate } = event.getOccurrenceDetails(at)
      add(event.uid, startDate, endDate)
    }
  }
  return rows.sort((a, b) => (a.join() < b.join() ? -1 : 1))
}

const name = (uid) => createHash('sha256').update(uid).digest('hex').slice(0, 12)
const utc = (seconds) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(`[\n${occurrences().map((row) => JSON.stringify(row).replaceAll(',', ', ')).join(',\n')}\n]`)
}
