/**
 * From schedules to occurrences, with the same rules as the server's internal/calendar, whose package comment
 * states them. Both are held to testdata/occurrences.json.
 */
import { closedFor } from './holidays'
import type { Library } from './library'
import { readRule, ruleFor, type Rule } from './rule'
import type { Change, Item, Occurrence, Schedule } from './types'
import { DAY, zoneNamed, type Zone } from './zone'

const MINUTE = 60_000

/** More than the furthest that a zone, or a gap, can put a wall from UTC. */
const MARGIN = 2 * DAY

let library: Library | undefined

/** Whether a schedule has a rule that only the package rrule can work out. */
export function needsLibrary(schedule: Schedule): boolean {
  return schedule.some((item) => Boolean(item.rrule) && !readRule(item.rrule!).plain)
}

/** Fetches the package. Until then, items that need it give no occurrences; afterwards nothing is asynchronous. */
export async function loadLibrary(): Promise<void> {
  library = (await import('./library')).library
}

/**
 * What overlaps the time from `from` (inclusive) to `to` (exclusive), cancelled ones too, sorted by start, and at
 * most the first `max`. One that began earlier and hasn't ended by `from` is among them; one without a known end
 * counts at its start. Where two items have an occurrence of one name, the first item's stands.
 */
export function occurrences(schedule: Schedule, from: number, to: number, max: number): Occurrence[] {
  const found: Occurrence[] = []
  const plans = plansOf(schedule)
  plans.forEach((plan, i) => collect(plan, from, to, max, plans.slice(0, i), found))
  const inOrder = plans.length === 1 && !plans[0]!.changes && !plans[0]!.extra.length
  if (!inOrder) found.sort((a, b) => a.start - b.start || (a.key < b.key ? -1 : 1))
  return found.slice(0, Math.max(0, max))
}

/** The occurrence of that name (its original local start), cancelled or not. */
export function find(schedule: Schedule, key: string): Occurrence | undefined {
  const wall = wallOf(key)
  if (Number.isNaN(wall)) return undefined
  const plan = plansOf(schedule).find((plan) => has(plan, wall))
  return plan && occurrence(plan, wall, key)
}

const NONE: number[] = []

/** An item with its texts read. */
interface Plan {
  item: Item
  zone: Zone
  start: number
  /** undefined: once */
  rule: Rule | undefined
  /** The end in UTC of the rule; Infinity: none. */
  until: number
  changes: Map<string, Change> | undefined
  extra: number[]
}

function plansOf(schedule: Schedule): Plan[] {
  return schedule.map(planOf).filter((plan) => plan !== undefined)
}

/** Returns undefined for an item that can't be worked out (yet, or on this browser): none is better than wrong. */
function planOf(item: Item): Plan | undefined {
  const zone = zoneNamed(item.zone)
  const start = wallOf(item.start)
  if (!zone || Number.isNaN(start)) return undefined
  const parts = item.rrule ? readRule(item.rrule) : undefined
  const rule = parts && ruleFor(parts, start, library)
  if (parts && !rule) return undefined
  return {
    item,
    zone,
    start,
    rule,
    until: parts?.until ?? Infinity,
    changes: item.changes?.length ? new Map(item.changes.map((change) => [change.from, change])) : undefined,
    extra: item.extra?.map(wallOf) ?? NONE,
  }
}

/**
 * The occurrences of one item that overlap the window, surely those among the first `max`. First what the rule
 * gives near the window; then, from wherever they were, those that a change names; then the extra ones. What an
 * earlier item has under the same name is left to it.
 */
function collect(plan: Plan, from: number, to: number, max: number, earlier: Plan[], found: Occurrence[]): void {
  const { item, changes } = plan
  const enough = found.length + max
  const timeOfDay = item.start.slice('2026-06-04'.length)
  const take = (wall: number, key: string, isOurs: () => boolean) => {
    const one = occurrence(plan, wall, key)
    const overlaps = one.start < to && (one.end > from || one.start >= from)
    if (overlaps && isOurs() && !earlier.some((other) => has(other, wall))) found.push(one)
  }
  walk(plan, from - MARGIN - item.minutes * MINUTE, to + MARGIN, (wall) => {
    const key = dateOf(wall) + timeOfDay
    if (!changes?.has(key)) take(wall, key, () => true)
    return found.length < enough
  })
  for (const key of changes?.keys() ?? []) {
    const wall = wallOf(key)
    take(wall, key, () => has(plan, wall))
  }
  for (const key of new Set(item.extra)) {
    const wall = wallOf(key)
    if (!changes?.has(key)) take(wall, key, () => !comes(plan, wall))
  }
}

/** Local times are from 1970 to 2099, as the server's; so a window may reach from -Infinity to Infinity. */
const FIRST = 0
const LAST = Date.UTC(2100, 0, 1) - 1

/** The starts that aren't extra, in order. */
function walk(plan: Plan, first: number, last: number, take: (wall: number) => boolean): void {
  const { rule, zone, start, until } = plan
  if (!rule) {
    if (start >= first && start <= last) take(start)
    return
  }
  rule.walk(Math.max(first, FIRST), Math.min(last, LAST), (wall) => (until === Infinity || zone.place(wall) <= until) && take(wall))
}

/** Whether an occurrence of the item has that original local start. */
function has(plan: Plan, wall: number): boolean {
  return plan.extra.includes(wall) || comes(plan, wall)
}

/** Whether it has that without the extra ones. A rule keeps the time of day: no need to walk it for another. */
function comes({ rule, zone, start, until }: Plan, wall: number): boolean {
  if ((wall - start) % DAY !== 0) return false
  return rule ? wall >= FIRST && wall <= LAST && rule.comes(wall) && zone.place(wall) <= until : wall === start
}

/** Applies what is known about the day to an original local start. */
function occurrence(plan: Plan, wall: number, key: string): Occurrence {
  const { item, zone, changes, extra } = plan
  const change = changes?.get(key)
  const holiday = !change && item.closedOn?.length && !extra.includes(wall) ? closedFor(item.closedOn, key) : ''
  const startWall = change?.start ? wallOf(change.start) : wall
  const length = (change?.minutes || item.minutes) * MINUTE
  const start = zone.place(startWall)
  return {
    key,
    start,
    end: item.allDay ? zone.place(startWall + length) : start + length,
    allDay: Boolean(item.allDay),
    cancelled: Boolean(change?.cancelled || holiday),
    note: change?.note || holiday,
  }
}

/** NaN for what isn't written like '2026-06-04T12:00'. */
function wallOf(local: string): number {
  return local.length === 16 ? Date.parse(local + 'Z') : NaN
}

const dates = new Map<number, string>()
const MOST_DATES = 10_000

/** The date of a wall. Ten thousand listings ask for the same fortnight, and toISOString is slow. */
function dateOf(wall: number): string {
  const day = Math.floor(wall / DAY)
  let date = dates.get(day)
  if (date === undefined) {
    if (dates.size >= MOST_DATES) dates.clear()
    date = new Date(wall).toISOString().slice(0, '2026-06-04'.length)
    dates.set(day, date)
  }
  return date
}
