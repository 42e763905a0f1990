/**
 * What the server said, in memory: each row with its version and the audiences that hold it.
 */
import type { KeptLine } from './wire'
import type { Row } from './types'

export interface Held {
  readonly seq: number
  /** The audiences in which the row is live for this device; shared between rows, never changed in place. */
  readonly auds: readonly string[]
  readonly data: Row
}

/** The largest prime p with (p-1)² < 2⁵³, so that doubles carry the products exactly. */
const P = 94906249

export class Base {
  readonly #collections = new Map<string, Map<string, Held>>()
  /** Almost every row is in one audience: its list of audiences exists once. */
  readonly #single = new Map<string, readonly string[]>()
  /** Lines applied since the base was empty; against `entries()` it tells how much of them is dead weight. */
  lines = 0

  collection(name: string): ReadonlyMap<string, Held> {
    return this.#rows(name)
  }

  names(): Iterable<string> {
    return this.#collections.keys()
  }

  get(collection: string, id: string): Held | undefined {
    return this.#collections.get(collection)?.get(id)
  }

  /** Applies lines in order and names in `changed` the collections they touched. */
  apply(lines: readonly KeptLine[], changed: Set<string>): void {
    for (const line of lines) {
      if (line.row) this.#put(line.row, changed)
      else if (line.gone) this.#leave(line.gone[1], line.gone[2], line.gone[0], changed)
      else if (line.reset) this.#forget(line.reset, changed)
      else if (line.drop) this.#forget(line.drop, changed)
      else if (line.void) this.#forgetAll(changed)
    }
    this.lines += lines.length
  }

  /** The audiences held for which `fits` says yes. */
  held(fits: (aud: string) => boolean): string[] {
    const held = new Set<string>()
    // Every audience that was ever held is there; most often none of them fits, and no row is looked at.
    if (![...this.#single.keys()].some(fits)) return []
    for (const rows of this.#collections.values()) for (const { auds } of rows.values()) for (const aud of auds) if (fits(aud)) held.add(aud)
    return [...held]
  }

  /** Live (audience, row) pairs held. */
  entries(): number {
    let entries = 0
    for (const rows of this.#collections.values()) for (const held of rows.values()) entries += held.auds.length
    return entries
  }

  /** Per audience: live entries and Σ (seq³ mod p), to compare with the server's (protocol R6). */
  sums(): Map<string, [number, number]> {
    const sums = new Map<string, [number, number]>()
    for (const rows of this.#collections.values()) {
      for (const held of rows.values()) {
        const s = held.seq % P
        const cube = (((s * s) % P) * s) % P
        for (const aud of held.auds) {
          const sum = sums.get(aud)
          if (!sum) sums.set(aud, [1, cube])
          else {
            sum[0] += 1
            sum[1] += cube
          }
        }
      }
    }
    return sums
  }

  /**
   * True when the server's sums are this device's own. `whole`: the server listed every audience, so one
   * that it doesn't list must not be held.
   */
  agrees(theirs: Readonly<Record<string, readonly [number, number]>>, whole: boolean): boolean {
    const own = this.sums()
    if (whole && [...own.keys()].some((aud) => !Object.hasOwn(theirs, aud))) return false
    return Object.entries(theirs).every(([aud, [count, sum]]) => {
      const [ownCount, ownSum] = own.get(aud) ?? [0, 0]
      return ownCount === count && ownSum === sum
    })
  }

  /** The lines that would build this base from nothing. */
  *live(): Generator<KeptLine> {
    for (const [collection, rows] of this.#collections) {
      for (const [id, held] of rows) {
        for (const aud of held.auds) yield { row: [aud, collection, id, held.seq, held.data] }
      }
    }
  }

  #rows(name: string): Map<string, Held> {
    let rows = this.#collections.get(name)
    if (!rows) this.#collections.set(name, (rows = new Map()))
    return rows
  }

  #put([aud, collection, id, seq, data]: NonNullable<KeptLine['row']>, changed: Set<string>): void {
    const rows = this.#rows(collection)
    const held = rows.get(id)
    changed.add(collection)
    const auds = !held ? this.#one(aud) : held.auds.includes(aud) ? held.auds : [...held.auds, aud]
    // A page that is older than what another audience already brought must not take the row back.
    if (held && held.seq >= seq) rows.set(id, { seq: held.seq, auds, data: held.data })
    else rows.set(id, { seq, auds, data: data.id === id ? (data as Row) : { ...data, id } })
  }

  #one(aud: string): readonly string[] {
    let auds = this.#single.get(aud)
    if (!auds) this.#single.set(aud, (auds = [aud]))
    return auds
  }

  /** A row stays while at least one audience holds it (protocol R3). */
  #leave(collection: string, id: string, aud: string, changed: Set<string>): void {
    const rows = this.#rows(collection)
    const held = rows.get(id)
    if (!held?.auds.includes(aud)) return
    changed.add(collection)
    if (held.auds.length === 1) rows.delete(id)
    else rows.set(id, { seq: held.seq, data: held.data, auds: held.auds.filter((other) => other !== aud) })
  }

  #forget(aud: string, changed: Set<string>): void {
    for (const [collection, rows] of this.#collections) {
      for (const id of rows.keys()) this.#leave(collection, id, aud, changed)
    }
  }

  #forgetAll(changed: Set<string>): void {
    for (const [collection, rows] of this.#collections) {
      if (rows.size > 0) changed.add(collection)
      rows.clear()
    }
    this.lines = 0
  }
}
