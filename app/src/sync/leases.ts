/**
 * How long this device may hold rows about other people without hearing from the server (docs/protocol.md
 * section 4.4), by a clock that can't be set: it only ever goes on, by whichever of the phone's clock and the
 * time since the page was opened went further. What is set forward ends a lease early, which costs a pull;
 * what is set back ends nothing late.
 */
import type { KeptLine } from './wire'

/** Kinds of audience that are over at a moment, by the part of their key before "/": never held without its being known. */
const MOMENTARY = ['address']

/** True for an audience that is over at a moment. */
export function isMomentary(aud: string): boolean {
  return MOMENTARY.includes(aud.slice(0, aud.indexOf('/')))
}

/** Whether lines leave on disk what must not lie there any more, after others that did so already or not. */
export function owesDisk(lines: readonly KeptLine[], before: boolean): boolean {
  let owed = before
  for (const { void: anew, drop, gone } of lines) owed = !anew && (owed || isMomentary(drop ?? gone?.[0] ?? ''))
  return owed
}

/** As it lies on disk. */
export interface LeaseMark {
  /** The audience, and when its lease is over, in milliseconds of the trusted clock. */
  until: Record<string, number>
  /** The trusted clock, and this phone's, when this was written. */
  at: number
  wall: number
}

export interface Clocks {
  /** This phone's clock in milliseconds. */
  now(): number
  /** Milliseconds since some moment of this page's life; never set. */
  monotonic(): number
}

export class Leases {
  #until: Record<string, number> = {}
  #at = 0
  #wall: number
  #mono: number
  #opened = false

  constructor(private readonly clocks: Clocks) {
    this.#wall = clocks.now()
    this.#mono = clocks.monotonic()
  }

  /** The trusted clock. */
  now(): number {
    const wall = this.clocks.now()
    const mono = this.clocks.monotonic()
    this.#at += Math.max(0, mono - this.#mono, wall - this.#wall)
    // NB! A clock that was set back becomes the new beginning; the time that had passed stays passed.
    this.#wall = wall
    this.#mono = mono
    return this.#at
  }

  /** Goes on from what is on disk. A clock that has gone back while nothing ran says that all leases are over. */
  load(mark: LeaseMark | undefined): void {
    if (!mark) return
    const gone = this.clocks.now() - mark.wall
    // While this page runs, another tab may have written it: then a clock that went back was seen.
    this.#until = gone < 0 && !this.#opened ? mapValues(mark.until, () => 0) : { ...mark.until }
    this.#opened = true
    this.#at = Math.max(this.now(), mark.at + Math.max(0, gone))
  }

  /** Leases begin anew, from the moment at which they were asked for: the answer is no older. */
  grant(asked: number, seconds: Readonly<Record<string, number>>): void {
    this.#until = mapValues(seconds, (lease) => asked + lease * 1000)
  }

  /** The audiences whose lease is over. */
  over(): string[] {
    const now = this.now()
    return Object.keys(this.#until).filter((aud) => this.#until[aud]! <= now)
  }

  /** The live connection says how long some may be held; of others it says nothing. */
  renew(asked: number, seconds: Readonly<Record<string, number>>): void {
    this.#until = { ...this.#until, ...mapValues(seconds, (lease) => asked + lease * 1000) }
  }

  /** True when it is known until when an audience may be held. */
  has(aud: string): boolean {
    return Object.hasOwn(this.#until, aud)
  }

  forget(auds: readonly string[]): void {
    for (const aud of auds) delete this.#until[aud]
  }

  /** Milliseconds until the next lease is over; null: there is none. */
  nextMs(): number | null {
    const ends = Object.values(this.#until)
    return ends.length === 0 ? null : Math.max(0, Math.min(...ends) - this.now())
  }

  mark(): LeaseMark {
    const at = this.now()
    return { until: { ...this.#until }, at, wall: this.#wall }
  }
}

function mapValues(of: Readonly<Record<string, number>>, fn: (value: number) => number): Record<string, number> {
  return Object.fromEntries(Object.entries(of).map(([key, value]) => [key, fn(value)]))
}
