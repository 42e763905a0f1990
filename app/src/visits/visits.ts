/**
 * A person's own visits: which rows are theirs, and how each stands.
 */
import { find, type Occurrence } from '../calendar'
import type { Entry, Row } from '../sync'
import type { Schedule } from '../calendar'

/** How somebody wants to be met; none: they'd rather just turn up. */
export const WELCOMES = ['door', 'walk', 'none', 'look'] as const
export type Welcome = (typeof WELCOMES)[number]

/** What somebody chooses to say of themselves, beside the day. */
export interface Chosen {
  firstName: string
  welcome: Welcome
  first: boolean
  /** Up to 200 letters, in their own words. */
  say: string
  interests: readonly string[]
}

/** As many letters as the server takes (internal/limits). */
export const LONGEST_SAY = 200

/** With every part, whatever a row, an older draft or a command has. */
export function chosenOf(row: Partial<Row> | Partial<Chosen> = {}): Chosen {
  const welcome = WELCOMES.find((one) => one === row.welcome) ?? 'none'
  return { firstName: row.firstName ?? '', welcome, first: row.first === true, say: row.say ?? '', interests: Array.isArray(row.interests) ? row.interests : [] }
}

export type Standing = 'waiting' | 'sent' | 'cancelled' | 'off' | 'refused'

/** One visit with what became of its occurrence. */
export interface Visit extends Chosen {
  id: string
  listing: string
  occurrence: string
  standing: Standing
  /** Where the occurrence is now; undefined: the listing or the occurrence isn't known here any more. */
  when: Occurrence | undefined
}

const isAbout = (entry: Entry, row: Row): boolean =>
  (entry.name === 'visits.come' && (entry.args.id === row.id || (entry.args.listing === row.listing && entry.args.occurrence === row.occurrence))) ||
  (entry.name === 'visits.cancel' && entry.args.id === row.id)

function standingOf(row: Row, when: Occurrence | undefined, outbox: readonly Entry[]): Standing {
  const about = outbox.filter((entry) => isAbout(entry, row))
  if (about.some((entry) => entry.state === 'waiting' || entry.state === 'sending')) return row.status === 'cancelled' ? 'cancelled' : 'waiting'
  if (row.status === 'cancelled') return 'cancelled'
  if (when?.cancelled) return 'off'
  return 'sent'
}

/** A refused "I'd like to come" has no row any more; it still stands in the plans, with its words. */
function refused(outbox: readonly Entry[], rows: ReadonlyMap<string, Row>): Row[] {
  const failed = outbox.filter((entry) => entry.name === 'visits.come' && (entry.state === 'rejected' || entry.state === 'quarantined'))
  return failed.filter((entry) => !rows.has(entry.args.id)).map((entry) => entry.args as Row)
}

interface Facts {
  rows: ReadonlyMap<string, Row>
  /** Whether a visit is this person's, or of whom they act for. */
  own: (id: string) => boolean
  outbox: readonly Entry[]
  schedule: (listing: string) => Schedule
}

/** This person's visits, the earliest first. */
export function myVisits({ rows, own: isOwn, outbox, schedule }: Facts): Visit[] {
  const visit = (row: Row, standing?: Standing): Visit => {
    const when = find(schedule(row.listing), row.occurrence)
    return {
      ...chosenOf(row), id: row.id, listing: row.listing, occurrence: row.occurrence, standing: standing ?? standingOf(row, when, outbox), when,
    }
  }
  const own = [...rows.values()].filter((row) => isOwn(row.id))
  const all = [...own.map((row) => visit(row)), ...refused(outbox, rows).map((row) => visit(row, 'refused'))]
  return all.sort((a, b) => (a.occurrence < b.occurrence ? -1 : 1))
}

/** Whether it has ended. While it is on, who can't come after all still says so: somebody may be looking out for them. `wall`: the local time now. */
export function isOver(visit: Visit, now: number, wall: string): boolean {
  return visit.when ? Math.max(visit.when.end, visit.when.start + 1) <= now : visit.occurrence < wall
}

/** Whether the occurrence takes place at another time than the person chose. `wall`: its local start now. */
export function isMovedVisit(visit: Visit, wall: string): boolean {
  return visit.when !== undefined && !visit.when.allDay && wall !== visit.occurrence
}
