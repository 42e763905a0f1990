/**
 * What is on when: every occurrence of every listing in the coming weeks, in order of time, in days.
 *
 * Working it out for 10,000 listings takes a moment, so it is done once per change, in slices that leave the
 * phone free to answer a finger; a filter only picks from what is there.
 */
import { needsLibrary, occurrences, type Occurrence } from '../calendar'
import { addDays, dayOf, midnight, wallOf } from '../ui/dates'
import { pause, SLICE_MS } from '../sync/pause'
import type { Item } from './catalogue'
import { byTitle, isListed } from './catalogue'

/** How far ahead lists look: five weeks hold every monthly group once. */
export const DAYS_AHEAD = 35

/** Of one listing in that time: a daily cafe opens 35 times; more than that is a mistake in a feed. */
const MOST_OF_ONE = 60

/** One occurrence in a list. */
export interface Occasion extends Occurrence {
  item: Item
  /** 0: today, 1: tomorrow … An occurrence that began earlier and goes on is today's. */
  day: number
}

/** The days that lists look at. */
export interface Window {
  zone: string
  now: number
  /** Names of the days, today first. */
  days: string[]
  /** When each day begins, and the last ends. */
  begins: number[]
}

/** The window that begins at `now`. */
export function windowFrom(now: number, zone: string): Window {
  const today = dayOf(now, zone)
  const days = Array.from({ length: DAYS_AHEAD }, (_, i) => addDays(today, i))
  return { zone, now, days, begins: [...days, addDays(today, DAYS_AHEAD)].map((day) => midnight(day, zone)) }
}

/** Which day of the window a moment is in; before it: 0. */
export function dayIndex(begins: readonly number[], ms: number): number {
  let low = 0
  let high = begins.length - 2
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((begins[middle] as number) <= ms) low = middle
    else high = middle - 1
  }
  return low
}

/** What was worked out before, by item: a change of one listing costs one listing. */
const known = new WeakMap<Item, { today: string; occasions: Occasion[] }>()

function remembered(item: Item, window: Window): Occasion[] {
  const today = window.days[0] as string
  const before = known.get(item)
  if (before?.today === today) return before.occasions
  const occasions = occasionsOf(item, window)
  known.set(item, { today, occasions })
  return occasions
}

/** The occurrences of one listing in the first `days` of the window. A listing that takes a break has none to go to. */
export function occasionsOf(item: Item, window: Window, days = DAYS_AHEAD): Occasion[] {
  if (!isListed(item) || item.listing.status === 'paused' || item.listing.schedule.length === 0) return []
  const end = window.begins[days] as number
  return occurrences(item.listing.schedule, window.now, end, MOST_OF_ONE).map((occurrence) => ({
    ...occurrence, item, day: dayIndex(window.begins, occurrence.start),
  }))
}

/** Order of a list: by day, what has no hour first, then by time, then by name. */
export function byTime(a: Occasion, b: Occasion): number {
  return a.day - b.day || Number(b.allDay) - Number(a.allDay) || a.start - b.start || byTitle(a.item, b.item)
}

/**
 * Does `work` for each item, in slices. `alive` is asked between them: false ends it. Answers whether it came
 * to the end. `between` gives the page its turn.
 */
export async function inSlices<T>(items: readonly T[], work: (item: T) => void, alive: () => boolean, between = pause): Promise<boolean> {
  let sliceEnds = performance.now() + SLICE_MS
  for (const item of items) {
    work(item)
    if (performance.now() < sliceEnds) continue
    await between()
    if (!alive()) return false
    sliceEnds = performance.now() + SLICE_MS
  }
  return true
}

/** Every occasion in order, and where its listing stands: a filter then looks into an array, not into a set. */
export interface Agenda {
  window: Window
  /** False: only today is in it. */
  whole: boolean
  occasions: Occasion[]
  /** For each occasion, the position of its listing. */
  owners: Uint32Array
  /** For each occasion, until when it is shown. */
  ends: Float64Array
  /** Listing id → position. */
  positions: Map<string, number>
}

/** Today's occasions of all items: a tenth of the work, and all that the first screen of a large town shows. */
export function buildToday(items: readonly Item[], window: Window, alive: () => boolean): Promise<Agenda | null> {
  return build(items, window, (item) => occasionsOf(item, window, 1), false, alive)
}

/** All occasions of all items, sorted; null if `alive` said no on the way. */
export function buildAgenda(items: readonly Item[], window: Window, alive: () => boolean): Promise<Agenda | null> {
  return build(items, window, (item) => remembered(item, window), true, alive)
}

async function build(
  items: readonly Item[],
  window: Window,
  of: (item: Item) => readonly Occasion[],
  whole: boolean,
  alive: () => boolean,
): Promise<Agenda | null> {
  const days = window.days.map((): Occasion[] => [])
  const gather = (item: Item) => {
    for (const occasion of of(item)) days[occasion.day]!.push(occasion)
  }
  if (!(await inSlices(items, gather, alive))) return null
  if (!(await inSlices(days, (day) => day.sort(byTime), alive))) return null
  const positions = new Map(items.map((item, position) => [item.listing.id, position]))
  const occasions = days.flat()
  const owners = Uint32Array.from(occasions, ({ item }) => positions.get(item.listing.id) ?? 0)
  const ends = Float64Array.from(occasions, ({ start, end }) => Math.max(end, start + 1))
  return { window, whole, occasions, owners, ends, positions }
}

/** The occasions of those items that are not over at `now`. Runs between a key and its paint. */
export function pick({ occasions, owners, ends, positions }: Agenda, items: readonly Item[], now: number): Occasion[] {
  const wanted = new Uint8Array(positions.size)
  for (const item of items) {
    const position = positions.get(item.listing.id)
    if (position !== undefined) wanted[position] = 1
  }
  return occasions.filter((_, i) => wanted[owners[i]!] && ends[i]! > now)
}

/** How many occasions each day has. */
export function countDays(occasions: readonly Occasion[]): number[] {
  const counts = new Array<number>(DAYS_AHEAD).fill(0)
  for (const { day, cancelled } of occasions) if (!cancelled) counts[day] = (counts[day] ?? 0) + 1
  return counts
}

/** True when an occurrence takes place at another time than its name says. */
export function isMoved(occurrence: Occurrence, zone: string): boolean {
  return !occurrence.allDay && wallOf(occurrence.start, zone) !== occurrence.key
}

const overFrom = new WeakMap<Item, string>()

/** True of what had its day, or days, and has no more: a feed's festival of last year is nothing to go to. */
export function isOver(item: Item, window: Window): boolean {
  if (item.listing.schedule.length === 0 || needsLibrary(item.listing.schedule)) return false
  const today = window.days[0] as string
  if (overFrom.get(item) === today) return true
  const over = comingUp(item, window.now, 1).length === 0
  if (over) overFrom.set(item, today)
  return over
}

/** The next occurrence that takes place, and what comes before it that doesn't. */
export function comingUp(item: Item, now: number, most: number): Occurrence[] {
  if (item.listing.schedule.length === 0) return []
  return occurrences(item.listing.schedule, now, now + 400 * 86_400_000, most)
}
