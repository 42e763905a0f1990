/**
 * The effects of what responders, coordinators and the surgery do about concerns and notes. As in overlay.ts, each
 * shows what the server will most likely do. No words are in any of it.
 */
import type { Draft, Effect } from '../overlay'
import type { Row } from '../types'

const PUBLIC = 'public'
const RESPONDERS = 'responders'

function change(draft: Draft, collection: string, id: string, columns: Partial<Row>): void {
  const row = draft.get(collection, id)
  if (row) draft.put(collection, { ...row, ...columns, id })
}

const day = (now: Date): string => now.toISOString().slice(0, 10)

function pickUp(draft: Draft, id: string, assignee: string, now: Date): void {
  const row = draft.get('concerns', id)
  if (row && row.state !== 'closed') draft.put('concerns', { ...row, state: 'assigned', assignee, picked: row.picked || day(now) })
}

const desk: Record<string, Effect> = {
  'concerns.assign': (draft, { id, member }, _me, now) => pickUp(draft, id, member, now),
  'concerns.take'(draft, { id }, me, now) {
    if (draft.get('concerns', id)?.state === 'new') pickUp(draft, id, me.member, now)
  },
  'concerns.release': (draft, { id }) => change(draft, 'concerns', id, { state: 'new', assignee: '' }),
  'concerns.note'(draft, { id, concern, kind, hour }, me) {
    if (draft.get('concerns', concern)) draft.put('concernNotes', { id, concern, by: me.member, kind, hour }, [...draft.audiences('concerns', concern)])
  },
  // The name of the group is the server's: until it is known, the two are named by the first.
  'concerns.link'(draft, { id, other }) {
    const link = draft.get('concerns', id)?.link || draft.get('concerns', other)?.link || id
    for (const one of [id, other]) change(draft, 'concerns', one, { link })
  },
  'concerns.unlink': (draft, { id }) => change(draft, 'concerns', id, { link: '' }),
  'concerns.close': (draft, { id, outcome }, _me, now) => change(draft, 'concerns', id, { state: 'closed', outcome, closedOn: day(now) }),
  'concerns.reopen'(draft, { id }) {
    const assignee = draft.get('concerns', id)?.assignee ?? ''
    change(draft, 'concerns', id, { state: assignee ? 'assigned' : 'new', outcome: '', closedOn: '' })
  },
  'breakGlasses.seen': (draft, { id }) => change(draft, 'breakGlasses', id, { seen: true }),
  'surgery.done': (draft, { id }) => change(draft, 'surgeryNotes', id, { state: 'done' }),
}

const HELPLINE = { topic: '', name: '', phone: '', text: '', hours: '', url: '', area: '', order: 0 }

const lists: Record<string, Effect> = {
  'community.care'(draft, { set }) {
    for (const id of [...draft.ids('communities')]) change(draft, 'communities', id, { care: { ...draft.get('communities', id)?.care, ...set } })
  },
  'helplines.add': (draft, args) => draft.put('helplines', { ...HELPLINE, ...args, checked: '' }, [PUBLIC]),
  // Who checked the old number has not checked the new one.
  'helplines.edit'(draft, { id, set }) {
    const row = draft.get('helplines', id)
    if (!row) return
    const other = (['phone', 'text'] as const).some((column) => column in set && set[column] !== row[column])
    draft.put('helplines', { ...row, ...set, id, ...(other ? { checked: '' } : {}) })
  },
  'helplines.check': (draft, { id }, _me, now) => change(draft, 'helplines', id, { checked: day(now) }),
  'helplines.remove': (draft, { id }) => draft.drop('helplines', id),
  'onCall.add': (draft, args) => draft.put('onCall', { order: 0, ...args }, [RESPONDERS]),
  'onCall.edit': (draft, { id, set }) => change(draft, 'onCall', id, set),
  'onCall.remove': (draft, { id }) => draft.drop('onCall', id),
}

/** By the names of docs/protocol.md section 8. */
export const concerns: Readonly<Record<string, Effect>> = { ...desk, ...lists }
