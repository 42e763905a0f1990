/**
 * A turn as the phone of its helper knows it: when it is, where it goes, whether the address is there, and how far it
 * has come. Only from rows that this phone holds; where somebody is, no row ever says.
 */
import { find, zoneNamed, type Occurrence, type Schedule } from '../../calendar'
import type { Row } from '../../sync'
import { derived } from '../../sync/effects/derived'
import { addDays, dayOf } from '../../ui/dates'
import { ownHelpers, type Held } from '../rota'

const HOUR_MS = 3_600_000
/** The address comes at this hour of the evening before, by the community's clock. */
const EVENING = 'T18:00Z'
/** So long after its end it goes: its helper may be late. Of what has no known end, so long after it began (docs/protocol.md, 11). */
const GRACE_MS = HOUR_MS / 2
const UNKNOWN_MS = HOUR_MS
/** From so long before it begins until so long after its end its helper can say how it goes (docs/protocol.md). */
const EARLY_MS = 3 * HOUR_MS
const LATE_MS = 6 * HOUR_MS

export const STEPS = ['onWay', 'here', 'home'] as const
export type Step = (typeof STEPS)[number] | 'noAnswer'

export interface Turn {
  id: string
  circle: string
  slot: string
  occurrence: string
  /** Undefined: the slot isn't on this phone. */
  when: Occurrence | undefined
  kind: string
  start: string
  end: string
  note: string
  /** Whom it is for, as they are called. */
  person: string
  step: Step | ''
  address: Row | undefined
}

/** Ids under which this person is a helper: one a circle. */
const helperIds = (held: Held): Set<string> => new Set(ownHelpers(held).map(({ id }) => id))
const isTheirs = (row: Row | undefined, own: ReadonlySet<string>): row is Row => row !== undefined && row.status === 'taken' && own.has(String(row.helper))

/** One turn of this person's own; undefined: it isn't theirs, or not any more. */
export function turnOf(held: Held, id: string): Turn | undefined {
  const row = held.rows('turns').get(id)
  return isTheirs(row, helperIds(held)) ? made(held, row) : undefined
}

function made({ rows }: Held, row: Row): Turn {
  const slot = rows('slots').get(row.slot)
  const circle = rows('circles').get(row.circle)
  return {
    id: row.id, circle: row.circle, slot: row.slot, occurrence: row.occurrence,
    when: slot && slot.status !== 'over' ? find((slot.schedule ?? []) as Schedule, row.occurrence) : undefined,
    kind: String(slot?.kind ?? ''), start: String(slot?.start ?? ''), end: String(slot?.end ?? ''), note: String(slot?.note ?? ''),
    person: String(circle?.personName ?? ''),
    step: stepOf(rows('turnSteps').get(derived('step', row.id))),
    address: rows('addresses').get(derived('address', row.id)),
  }
}

const stepOf = (row: Row | undefined): Step | '' => ([...STEPS, 'noAnswer'] as const).find((one) => one === row?.step) ?? ''

/** Own turns that are still to come, or of which something can still be said; the next first. */
export function ownTurns(held: Held, now: number): Turn[] {
  const own = helperIds(held)
  const all = [...held.rows('turns').values()].filter((row) => isTheirs(row, own)).map((row) => made(held, row))
  return all.filter(({ when }) => when && !when.cancelled && now <= when.end + LATE_MS).sort((a, b) => a.when!.start - b.when!.start || (a.id < b.id ? -1 : 1))
}

/** When the address comes to its helper's phone. */
export function opensAt(when: Occurrence, zone: string): number {
  const wall = Date.parse(addDays(dayOf(when.start, zone), -1) + EVENING)
  return zoneNamed(zone)?.place(wall) ?? wall
}

/** When the address goes from its helper's phone. */
const goesAt = (when: Occurrence): number => (when.end > when.start ? when.end + GRACE_MS : when.start + UNKNOWN_MS)

/** off: not on. before, after: it isn't its time. shown: it is there. awaited: it should be, and needs signal. */
export type Reach = 'off' | 'before' | 'shown' | 'awaited' | 'after'

/** `now`: as the server has it. NB! A phone holds the row no longer than its lease; this is only what is said of it. */
export function reachOf({ when, address }: Turn, now: number, zone: string): Reach {
  if (!when || when.cancelled) return 'off'
  if (now >= goesAt(when)) return 'after'
  if (address && !(now >= Date.parse(address.until))) return 'shown'
  return now < opensAt(when, zone) ? 'before' : 'awaited'
}

/** Whether its helper can say how it goes. */
export const isSayable = ({ when }: Turn, now: number): boolean => when !== undefined && !when.cancelled && now >= when.start - EARLY_MS && now <= when.end + LATE_MS

/** Since when it can be said: for whoever looks too early. */
export const sayableFrom = (when: Occurrence): number => when.start - EARLY_MS

/** What is next, after what was said. Whoever got no answer may still be let in. */
export function nextStep(step: Step | ''): Step | '' {
  return ({ '': 'onWay', onWay: 'here', noAnswer: 'here', here: 'home', home: '' } as const)[step]
}

/** What was said of a turn, for those who keep the circle. */
export interface Going {
  id: string
  step: Step
  /** First name of who goes; '': it isn't on this phone. */
  name: string
  at: number
}

/** For so long it stands there. */
const GOING_MS = 18 * HOUR_MS

/** How the turns of the day go, as far as was said; nobody at the door first, then the newest. */
export function goingsOf(rows: Held['rows'], circle: string, now: number): Going[] {
  const those = [...rows('turnSteps').values()].filter((row) => row.circle === circle && now - Date.parse(row.at) < GOING_MS)
  const goings = those.map((row) => ({ id: row.id, step: stepOf(row), name: String(rows('turns').get(row.turn)?.helperName ?? ''), at: Date.parse(row.at) }))
  const rank = ({ step }: Going) => (step === 'noAnswer' ? 0 : 1)
  return goings.filter((one): one is Going => one.step !== '').sort((a, b) => rank(a) - rank(b) || b.at - a.at || (a.id < b.id ? -1 : 1))
}
