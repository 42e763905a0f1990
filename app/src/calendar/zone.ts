/**
 * Wall-clock time to instants, with the browser's own knowledge of zones.
 *
 * A *wall* is a wall-clock time as if it were UTC, in milliseconds. Asking Intl for an offset takes microseconds,
 * and a list of listings asks ten thousand times, so the answers are kept: one for each zone and day asked about,
 * and, on days near a clock change only, one for each quarter of an hour.
 */
export const DAY = 86_400_000
const QUARTER = 900_000

export interface Zone {
  /** Milliseconds to add to UTC at an instant. */
  offset(instant: number): number
  /**
   * The instant of a wall. One that a clock change skips is moved forward by the gap; one that comes twice is the
   * first. The same steps as Place() in internal/calendar/zone.go, whose comment says why.
   */
  place(wall: number): number
}

const zones = new Map<string, Zone | undefined>()

/** The zone of an IANA name, or undefined if this browser doesn't know it. */
export function zoneNamed(name: string): Zone | undefined {
  if (!zones.has(name)) zones.set(name, makeZone(name))
  return zones.get(name)
}

function makeZone(name: string): Zone | undefined {
  const format = formatter(name)
  if (!format) return undefined
  const known = new Map<number, number>()

  function offset(instant: number): number {
    const quarter = Math.floor(instant / QUARTER)
    let found = known.get(quarter)
    if (found === undefined) {
      found = readOffset(format!, quarter * QUARTER)
      known.set(quarter, found)
    }
    return found
  }

  return {
    offset,
    place(wall) {
      const day = Math.floor(wall / DAY) * DAY
      const steady = offset(day - DAY)
      if (steady === offset(day + 2 * DAY)) return wall - steady
      const before = wall - offset(wall - DAY)
      const after = wall - offset(wall + DAY)
      const onlyAfter = before + offset(before) !== wall && after + offset(after) === wall
      return onlyAfter ? after : before
    },
  }
}

function formatter(name: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
      timeZone: name,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    })
  } catch {
    return undefined
  }
}

/** Milliseconds to add to UTC. The instant must be a whole minute. */
function readOffset(format: Intl.DateTimeFormat, instant: number): number {
  const read: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(instant)) read[type] = Number(value)
  return Date.UTC(read.year!, read.month! - 1, read.day, read.hour, read.minute) - instant
}
