/**
 * Schedules as they come with a listing, and the occurrences that follow from them.
 *
 * The shapes are those of docs/protocol.md section 7. A field that is empty may be missing or null. All `start`,
 * `from` and `extra` are wall-clock times of the item's zone, as '2026-06-04T12:00'.
 */

export interface Change {
  /** Names the occurrence by its original local start. */
  from: string
  /** Where it moved; empty: it did not. */
  start?: string | null
  /** Its new length; 0: as the item's. */
  minutes?: number | null
  cancelled?: boolean | null
  note?: string | null
}

export interface Item {
  start: string
  /** Elapsed time; 0: no known end. All-day items have whole days of 1440. */
  minutes: number
  /** An IANA name. */
  zone: string
  /** RFC 5545 without DTSTART; empty: once. */
  rrule?: string | null
  allDay?: boolean | null
  /** Names of bank holidays of England and Wales, or '*' for all. */
  closedOn?: string[] | null
  changes?: Change[] | null
  /** Further local starts. */
  extra?: string[] | null
}

export type Schedule = readonly Item[]

export interface Occurrence {
  /** The original local start; it stays when the occurrence moves. */
  key: string
  /** Milliseconds since 1970, UTC. */
  start: number
  /** The same as `start` if no end is known. */
  end: number
  allDay: boolean
  cancelled: boolean
  /** '' or one line: what the host wrote, or the name of the bank holiday. */
  note: string
}
