/**
 * What the person's own unsettled commands look like: each is run again over the rows held, in order,
 * whenever either changes. An effect shows what the server will most likely do, no more; where it can't
 * tell (a listing that isn't here), it does nothing.
 */
import type { Base } from './base'
import type { Saved } from './queue'
import type { Me, Row } from './types'

/** Rows of the moment, as one effect sees and changes them. */
export interface Draft {
  get(collection: string, id: string): Row | undefined
  audiences(collection: string, id: string): readonly string[]
  /** Ids of all rows of a collection that an earlier effect or the server put there. */
  ids(collection: string): Iterable<string>
  /** Puts a row. `auds`: who will hold it; without, those of the row that it replaces. */
  put(collection: string, row: Row, auds?: readonly string[]): void
  /** Takes a row away. */
  drop(collection: string, id: string): void
}

export type Effect = (draft: Draft, args: any, me: Me, now: Date) => void

/** The local effects that are there from the first moment, by the names of docs/protocol.md section 8. */
const effects: Readonly<Record<string, Effect>> = {
  'visits.come'(draft, args, me) {
    const auds = [`member/${me.member}`]
    const same = findOwnVisit(draft, me, args.listing, args.occurrence)
    // A second "I'd like to come" to the same occurrence changes the first, as the server does.
    const row = { ...same, firstName: '', say: '', interests: [], first: false, ...args, id: (same ?? args).id, status: 'coming' }
    draft.put('visits', row, same ? draft.audiences('visits', same.id) : auds)
  },

  'visits.cancel'(draft, args) {
    const visit = draft.get('visits', args.id)
    if (visit) draft.put('visits', { ...visit, status: 'cancelled' })
  },
}

let learned: Readonly<Record<string, Effect>> | null = null
let learning: Promise<boolean> | null = null

function effectOf(name: string): Effect | undefined {
  if (Object.hasOwn(effects, name)) return effects[name]
  return learned && Object.hasOwn(learned, name) ? learned[name] : undefined
}

/** False while the effect of this command may still have to be fetched. */
export function isLearned(name: string): boolean {
  return learned !== null || Object.hasOwn(effects, name)
}

/** Fetches the effects that only members need. False: they can't be had just now, and it may be asked again. */
export function learn(): Promise<boolean> {
  learning ??= import('./effects/later').then(
    ({ later }) => {
      learned = later
      return true
    },
    () => {
      learning = null
      return false
    },
  )
  return learning
}

function findOwnVisit(draft: Draft, me: Me, listing: string, occurrence: string): Row | undefined {
  for (const id of draft.ids('visits')) {
    const visit = draft.get('visits', id)
    if (visit?.listing !== listing || visit?.occurrence !== occurrence) continue
    if (isHeldOf(draft.audiences('visits', id), me.member)) return visit
  }
  return undefined
}

/** A member's own row; on the phone of whoever acts for them it is held under another name. */
function isHeldOf(auds: readonly string[], member: string): boolean {
  return auds.includes(`member/${member}`) || auds.includes(`helped/${member}`)
}

/** A row as an effect left it. */
export interface Overlaid {
  row: Row
  auds: readonly string[]
}

/** Collection → id → row, of what the commands in force change; null: they take it away. */
export type Overlay = Map<string, Map<string, Overlaid | null>>

/** Who acts before anybody has joined on this device. */
const NOBODY: Me = { member: '', device: '', firstName: '', roles: [] }

/** Runs the commands in force over what the server said. */
export function overlay(base: Base, entries: Iterable<Saved>, me: Me | null): Overlay {
  const changes: Overlay = new Map()
  const draft = draftOver(base, changes)
  for (const entry of entries) {
    if (entry.settled) continue
    const who = entry.for ? { ...(me ?? NOBODY), member: entry.for } : (me ?? NOBODY)
    effectOf(entry.name)?.(draft, entry.args, who, new Date(entry.at))
  }
  return changes
}

function draftOver(base: Base, changes: Overlay): Draft {
  const set = (collection: string, id: string, to: Overlaid | null) => {
    let rows = changes.get(collection)
    if (!rows) changes.set(collection, (rows = new Map()))
    rows.set(id, to)
  }
  const held = (collection: string, id: string): Overlaid | undefined => {
    const changed = changes.get(collection)?.get(id)
    if (changed !== undefined) return changed ?? undefined
    const row = base.get(collection, id)
    return row && { row: row.data, auds: row.auds }
  }
  return {
    get: (collection, id) => held(collection, id)?.row,
    audiences: (collection, id) => held(collection, id)?.auds ?? [],
    *ids(collection) {
      const changed = changes.get(collection)
      for (const id of base.collection(collection).keys()) if (!changed?.has(id)) yield id
      for (const [id, over] of changed ?? []) if (over) yield id
    },
    put: (collection, row, auds) => set(collection, row.id, { row, auds: auds ?? held(collection, row.id)?.auds ?? [] }),
    drop: (collection, id) => set(collection, id, null),
  }
}
