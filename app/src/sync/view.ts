/**
 * What screens see: the server's rows with the overlay over them, one Map a collection that stays the same
 * object until that collection changes.
 */
import type { Base } from './base'
import { overlay, type Overlay } from './overlay'
import type { Saved } from './queue'
import type { Me, Row } from './types'

const NO_ROWS: ReadonlyMap<string, Row> = new Map()

export class View {
  #base: Base | null = null
  #overlay: Overlay = new Map()
  readonly #rows = new Map<string, ReadonlyMap<string, Row>>()

  /** Follows a change and adds to `changed` the collections whose overlay came, went or may differ. */
  update(base: Base, entries: Iterable<Saved>, me: Me | null, changed: Set<string>): void {
    for (const collection of this.#overlay.keys()) changed.add(collection)
    this.#base = base
    this.#overlay = overlay(base, entries, me)
    for (const collection of this.#overlay.keys()) changed.add(collection)
    for (const collection of changed) this.#rows.delete(collection)
  }

  rows(collection: string): ReadonlyMap<string, Row> {
    let rows = this.#rows.get(collection)
    if (!rows) this.#rows.set(collection, (rows = this.#build(collection)))
    return rows
  }

  audiences(collection: string, id: string): readonly string[] {
    const over = this.#overlay.get(collection)?.get(id)
    if (over !== undefined) return over?.auds ?? []
    return this.#base?.get(collection, id)?.auds ?? []
  }

  #build(collection: string): ReadonlyMap<string, Row> {
    const held = this.#base?.collection(collection)
    const over = this.#overlay.get(collection)
    if (!held?.size && !over?.size) return NO_ROWS
    const rows = new Map<string, Row>()
    for (const [id, { data }] of held ?? []) rows.set(id, data)
    for (const [id, changed] of over ?? []) {
      if (changed) rows.set(id, changed.row)
      else rows.delete(id)
    }
    return rows
  }
}
