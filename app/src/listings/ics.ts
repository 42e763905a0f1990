/**
 * One listing as an iCalendar file (RFC 5545), made on the phone.
 *
 * A rhythm in the zone of the town stays a rhythm (RRULE with the zone), so that it goes on for years and
 * through clock changes. In any other zone, whose rules this file would have to spell out, the next
 * occurrences are written one by one in UTC.
 */
import { find, occurrences, type Item as Rhythm, type Schedule } from '../calendar'

const HOME_ZONE = 'Europe/London'

/** How far ahead bank holidays are left out, and occurrences are written one by one. */
const DAYS_AHEAD = 730

/** The zone's rules since 1996: the whole of them, for calendars that know no zones. */
const LONDON = [
  'BEGIN:VTIMEZONE', 'TZID:Europe/London',
  'BEGIN:DAYLIGHT', 'TZNAME:BST', 'TZOFFSETFROM:+0000', 'TZOFFSETTO:+0100', 'DTSTART:19960331T010000', 'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU', 'END:DAYLIGHT',
  'BEGIN:STANDARD', 'TZNAME:GMT', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0000', 'DTSTART:19961027T020000', 'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU', 'END:STANDARD',
  'END:VTIMEZONE',
]

export interface CalendarFacts {
  id: string
  title: string
  text: string
  where: string
  url: string
  schedule: Schedule
}

/** `\`, `;`, `,` and line ends, as RFC 5545 section 3.3.11 wants them. */
export function escapeText(text: string): string {
  return text.replace(/[\\;,]/g, (sign) => `\\${sign}`).replace(/\r\n|\r|\n/g, '\\n')
}

/** Lines of at most 75 octets, never broken inside a character. */
export function foldLine(line: string): string {
  const encoder = new TextEncoder()
  let folded = ''
  let octets = 0
  for (const character of line) {
    const size = encoder.encode(character).length
    if (octets + size > 75) {
      folded += '\r\n '
      octets = 1
    }
    folded += character
    octets += size
  }
  return folded
}

const compactWall = (wall: string): string => `${wall.replace(/[-:]/g, '')}00`
const compactDate = (wall: string): string => wall.slice(0, 10).replaceAll('-', '')
const utc = (ms: number): string => new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, '')

/** A date, or a local time in the zone, as a property. */
function at(name: string, wall: string, rhythm: Rhythm): string {
  return rhythm.allDay ? `${name};VALUE=DATE:${compactDate(wall)}` : `${name};TZID=${rhythm.zone}:${compactWall(wall)}`
}

function duration(rhythm: Rhythm, minutes: number): string[] {
  if (!minutes) return []
  return [rhythm.allDay ? `DURATION:P${Math.max(1, Math.round(minutes / 1440))}D` : `DURATION:PT${minutes}M`]
}

function words(facts: CalendarFacts): string[] {
  const lines = [`SUMMARY:${escapeText(facts.title)}`, `DESCRIPTION:${escapeText(facts.text)}`, `URL:${facts.url}`]
  return facts.where ? [...lines, `LOCATION:${escapeText(facts.where)}`] : lines
}

/** What doesn't take place: bank holidays in the next years, and what the host called off. */
function exceptions(rhythm: Rhythm, now: number): string[] {
  const cancelled = (rhythm.changes ?? []).filter((change) => change.cancelled).map((change) => change.from)
  const closed = rhythm.closedOn?.length
    ? occurrences([rhythm], now, now + DAYS_AHEAD * 86_400_000, 2000).filter((one) => one.cancelled).map((one) => one.key)
    : []
  return [...new Set([...cancelled, ...closed])].sort().map((key) => at('EXDATE', key, rhythm))
}

/** Occurrences that moved or take another length, each an event that replaces the one of the rhythm. */
function moved(facts: CalendarFacts, rhythm: Rhythm, uid: string, stamp: string): string[] {
  const changes = (rhythm.changes ?? []).filter((change) => !change.cancelled && (change.start || change.minutes))
  return changes.flatMap((change) => [
    'BEGIN:VEVENT', `UID:${uid}`, `DTSTAMP:${stamp}`, at('RECURRENCE-ID', change.from, rhythm),
    at('DTSTART', change.start || change.from, rhythm), ...duration(rhythm, change.minutes || rhythm.minutes), ...words(facts), 'END:VEVENT',
  ])
}

function once(facts: CalendarFacts, rhythm: Rhythm, uid: string, stamp: string): string[] {
  const found = find([rhythm], rhythm.start)
  const change = rhythm.changes?.find((one) => one.from === rhythm.start)
  const status = found?.cancelled ? ['STATUS:CANCELLED'] : []
  const length = duration(rhythm, change?.minutes || rhythm.minutes)
  return ['BEGIN:VEVENT', `UID:${uid}`, `DTSTAMP:${stamp}`, at('DTSTART', change?.start || rhythm.start, rhythm), ...length, ...status, ...words(facts), 'END:VEVENT']
}

function repeating(facts: CalendarFacts, rhythm: Rhythm, uid: string, stamp: string, now: number): string[] {
  // A rule may skip its own start; RFC 5545 counts DTSTART always, so the event begins at the first that is real.
  const first = occurrences([{ ...rhythm, changes: [], closedOn: [], extra: [] }], Date.parse(`${rhythm.start}Z`) - 86_400_000, now + DAYS_AHEAD * 86_400_000, 1)[0]
  const rule = rhythm.rrule ? [`RRULE:${rhythm.rrule}`] : []
  const extra = (rhythm.extra ?? []).map((wall) => at('RDATE', wall, rhythm))
  return [
    'BEGIN:VEVENT', `UID:${uid}`, `DTSTAMP:${stamp}`, at('DTSTART', first?.key ?? rhythm.start, rhythm), ...duration(rhythm, rhythm.minutes),
    ...rule, ...exceptions(rhythm, now), ...extra, ...words(facts), 'END:VEVENT', ...moved(facts, rhythm, uid, stamp),
  ]
}

function oneByOne(facts: CalendarFacts, rhythm: Rhythm, uid: string, stamp: string, now: number): string[] {
  return occurrences([rhythm], now, now + DAYS_AHEAD * 86_400_000, 60).filter((one) => !one.cancelled).flatMap((one) => [
    'BEGIN:VEVENT', `UID:${one.key}-${uid}`, `DTSTAMP:${stamp}`, `DTSTART:${utc(one.start)}`, ...(one.end > one.start ? [`DTEND:${utc(one.end)}`] : []), ...words(facts), 'END:VEVENT',
  ])
}

/** The whole file. `now`: milliseconds; it stamps the events. */
export function calendarFile(facts: CalendarFacts, now: number): string {
  const stamp = utc(now)
  const events = facts.schedule.flatMap((rhythm, index) => {
    const uid = `${facts.id}-${index}@kith`
    if (rhythm.zone !== HOME_ZONE) return oneByOne(facts, rhythm, uid, stamp, now)
    return rhythm.rrule || rhythm.extra?.length ? repeating(facts, rhythm, uid, stamp, now) : once(facts, rhythm, uid, stamp)
  })
  const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Kith//Listings//EN', 'CALSCALE:GREGORIAN', ...LONDON, ...events, 'END:VCALENDAR']
  return `${lines.map(foldLine).join('\r\n')}\r\n`
}
