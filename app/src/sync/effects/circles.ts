/**
 * The effects of circles: what is to help with, who takes which turn, and who may. As in overlay.ts, each shows what the
 * server will most likely do; who was first, it alone knows.
 */
import { find, withChange, type Schedule } from '../../calendar'
import { filled, OPEN_LAST } from '../../circles/every'
import type { Draft, Effect } from '../overlay'
import type { Me, Row } from '../types'
import { derived } from './derived'

function* rowsOf(draft: Draft, collection: string): Iterable<Row> {
  for (const id of [...draft.ids(collection)]) {
    const row = draft.get(collection, id)
    if (row) yield row
  }
}

function change(draft: Draft, collection: string, id: string, columns: Partial<Row>): void {
  const row = draft.get(collection, id)
  if (row) draft.put(collection, { ...row, ...columns, id })
}

const isOwn = (draft: Draft, collection: string, id: string, { member }: Me): boolean =>
  draft.audiences(collection, id).some((name) => name === `member/${member}` || name === `helped/${member}`)

/** Whoever does it, as a helper of that circle. */
function ownHelper(draft: Draft, circle: string, me: Me): Row | undefined {
  for (const row of rowsOf(draft, 'circleHelpers')) if (row.circle === circle && row.status === 'in' && isOwn(draft, 'circleHelpers', row.id, me)) return row
  return undefined
}

interface Which {
  slot: string
  occurrence: string
}

/** Of what only the person and the organisers see. */
const withoutOthers = (names: readonly string[]): string[] => names.filter((name) => /^(member|organise)\//.test(name))

const turnId = ({ slot, occurrence }: Which): string => derived('turn', slot, occurrence)

/** Puts a turn as it is from then on, among those who hold the slot. */
function setTurn(draft: Draft, which: Which, columns: Partial<Row>): void {
  const slot = draft.get('slots', which.slot)
  if (!slot) return
  const id = turnId(which)
  const row = draft.get('turns', id) ?? { id, circle: slot.circle, slot: which.slot, occurrence: which.occurrence, helper: '', helperName: '', every: false, status: 'free' }
  draft.put('turns', { ...row, ...columns, id }, draft.audiences('slots', which.slot))
}

const FREE = { helper: '', helperName: '', every: false, status: 'free' }
const takenBy = (helper: Row, every = false) => ({ helper: helper.id, helperName: helper.firstName, every, status: 'taken' })

function free(draft: Draft, which: Which): void {
  setTurn(draft, which, FREE)
  draft.drop('addresses', derived('address', turnId(which)))
}

const circlesOf: Record<string, Effect> = {
  'circles.start'(draft, { id, name, personName, words, requires }, me) {
    draft.put('circles', { id, name, personName, words, requires, status: 'open' }, [`member/${me.member}`, `organise/${id}`])
  },
  'circles.edit': (draft, args) => change(draft, 'circles', args.id, args),
  'circles.share'(draft, { circle, helper }) {
    draft.put('organisers', { id: derived('organiser', circle, helper), circle, firstName: String(draft.get('circleHelpers', helper)?.firstName ?? '') }, [`organise/${circle}`])
  },
  'circles.unshare'(draft, { circle, helper }) {
    draft.drop('organisers', derived('organiser', circle, helper))
    draft.drop('organisers', helper) // whoever organises and doesn't help goes by that row
  },
  'circles.close'(draft, { id }) {
    change(draft, 'circles', id, { status: 'closed' })
    draft.drop('homes', id)
    for (const row of rowsOf(draft, 'addresses')) if (row.circle === id) draft.drop('addresses', row.id)
  },
  'homes.set'(draft, { circle, address, door = '', ringName = '', ringPhone = '' }) {
    draft.put('homes', { id: circle, address, door, ringName, ringPhone }, withoutOthers(draft.audiences('circles', circle)))
  },
}

/** A helper no longer: their turns are free again. */
function over(draft: Draft, id: string): void {
  change(draft, 'circleHelpers', id, { status: 'over' })
  for (const row of rowsOf(draft, 'turns')) if (row.helper === id) draft.put('turns', { ...row, ...FREE })
  for (const collection of ['everies', 'standbys', 'swaps']) for (const row of rowsOf(draft, collection)) if (row.helper === id) draft.drop(collection, row.id)
}

function wish(draft: Draft, helper: string, kind: string): void {
  const row = draft.get('circleHelpers', helper)
  if (!row) return
  draft.put('circleWishes', { id: derived('wish', row.circle, helper), circle: row.circle, helper, wish: kind }, withoutOthers(draft.audiences('circles', row.circle)))
}

const helpers: Record<string, Effect> = {
  'circleHelpers.admit': (draft, { id }) => change(draft, 'circleHelpers', id, { status: 'in' }),
  'circleHelpers.remove': (draft, { id }) => over(draft, id),
  'circleHelpers.leave': (draft, { id }) => over(draft, id),
  'circleHelpers.prefer': (draft, { id }) => wish(draft, id, 'preferred'),
  'circleHelpers.block'(draft, { id }) {
    wish(draft, id, 'blocked')
    over(draft, id)
  },
  'circleHelpers.clear'(draft, { id }) {
    const row = draft.get('circleHelpers', id)
    if (row) draft.drop('circleWishes', derived('wish', row.circle, id))
  },
}

const slots: Record<string, Effect> = {
  'slots.add'(draft, { id, circle, kind, start, end, schedule, note = '' }) {
    draft.put('slots', { id, circle, kind, start, end, schedule, note, status: 'on' }, draft.audiences('circles', circle))
  },
  'slots.edit': (draft, args) => change(draft, 'slots', args.id, args),
  'slots.change'(draft, { id, occurrence, ...what }) {
    const row = draft.get('slots', id)
    if (!row) return
    draft.put('slots', { ...row, schedule: withChange(row.schedule as Schedule, occurrence, what) })
    if (what.cancelled && draft.get('turns', turnId({ slot: id, occurrence }))) free(draft, { slot: id, occurrence })
  },
  'slots.end'(draft, { id }) {
    change(draft, 'slots', id, { status: 'over' })
    draft.drop('everies', derived('every', id))
  },
}

/** The person who does it, of the circle that a slot is of. */
const helperAt = (draft: Draft, slot: string, me: Me): Row | undefined => ownHelper(draft, String(draft.get('slots', slot)?.circle ?? ''), me)

const turns: Record<string, Effect> = {
  'turns.take'(draft, which, me) {
    const helper = helperAt(draft, which.slot, me)
    // Whoever was told that it is theirs keeps it.
    if (!helper || draft.get('turns', turnId(which))?.status === 'taken') return
    setTurn(draft, which, takenBy(helper))
    draft.drop('standbys', derived('standby', turnId(which), helper.id))
  },
  'turns.drop': (draft, which) => free(draft, which),
  'turns.standby'(draft, which, me) {
    const helper = helperAt(draft, which.slot, me)
    if (!helper) return
    const turn = turnId(which)
    // What is nobody's by now is theirs: that is what they stand by for.
    if (draft.get('turns', turn)?.status !== 'taken') return setTurn(draft, which, takenBy(helper))
    draft.put('standbys', { id: derived('standby', turn, helper.id), turn, circle: helper.circle, slot: which.slot, occurrence: which.occurrence, helper: helper.id, firstName: helper.firstName }, [`member/${me.member}`])
  },
  'turns.unstandby'(draft, which, me) {
    const helper = helperAt(draft, which.slot, me)
    if (helper) draft.drop('standbys', derived('standby', turnId(which), helper.id))
  },
  'turns.assign'(draft, { slot, occurrence, helper }) {
    const row = draft.get('circleHelpers', helper)
    if (row) setTurn(draft, { slot, occurrence }, takenBy(row))
    else free(draft, { slot, occurrence })
  },
  'turns.step'(draft, { slot, occurrence, step }, me, now) {
    const turn = turnId({ slot, occurrence })
    const id = derived('step', turn)
    if (step === '') return draft.drop('turnSteps', id)
    draft.put('turnSteps', { id, turn, circle: String(draft.get('slots', slot)?.circle ?? ''), slot, occurrence, step, at: now.toISOString() }, [`member/${me.member}`])
  },
}

const everies: Record<string, Effect> = {
  'turns.every'(draft, { slot }, me, now) {
    const helper = helperAt(draft, slot, me)
    const id = derived('every', slot)
    if (!helper || draft.get('everies', id)) return
    draft.put('everies', { id, circle: helper.circle, slot, helper: helper.id, helperName: helper.firstName, since: now.toISOString().slice(0, 10) }, draft.audiences('slots', slot))
    for (const occurrence of filled((draft.get('slots', slot)?.schedule ?? []) as Schedule, now.getTime())) {
      if (draft.get('turns', turnId({ slot, occurrence }))?.status !== 'taken') setTurn(draft, { slot, occurrence }, takenBy(helper, true))
    }
  },
  // What is near stays theirs, so that nobody is left standing.
  'turns.endEvery'(draft, { slot }, _me, now) {
    draft.drop('everies', derived('every', slot))
    const schedule = (draft.get('slots', slot)?.schedule ?? []) as Schedule
    for (const row of rowsOf(draft, 'turns')) {
      if (row.slot !== slot || !row.every) continue
      const when = find(schedule, row.occurrence)
      if (when && when.start > now.getTime() + OPEN_LAST) free(draft, { slot, occurrence: row.occurrence })
    }
  },
}

const swaps: Record<string, Effect> = {
  'turns.swap'(draft, { id, slot, occurrence, helper }, me) {
    const turn = turnId({ slot, occurrence })
    const from = helperAt(draft, slot, me)
    if (!from) return
    const toName = String(draft.get('circleHelpers', helper)?.firstName ?? [...rowsOf(draft, 'turns')].find((row) => row.helper === helper)?.helperName ?? '')
    draft.put('swaps', { id, turn, circle: from.circle, slot, occurrence, helper, fromName: from.firstName, toName, status: 'asked' }, [`member/${me.member}`])
  },
  'swaps.yes'(draft, { id }, me) {
    const swap = draft.get('swaps', id)
    const helper = swap && helperAt(draft, swap.slot, me)
    change(draft, 'swaps', id, { status: 'yes' })
    if (swap && helper) setTurn(draft, { slot: swap.slot, occurrence: swap.occurrence }, takenBy(helper))
  },
  'swaps.no': (draft, { id }) => change(draft, 'swaps', id, { status: 'no' }),
}

/** By the names of docs/protocol.md section 8. */
export const circles: Readonly<Record<string, Effect>> = { ...circlesOf, ...helpers, ...slots, ...turns, ...everies, ...swaps }
