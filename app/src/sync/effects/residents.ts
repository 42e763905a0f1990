/**
 * The effects of what anybody does for themselves: a recovery card, letting somebody act, leaving, blocking,
 * telling the coordinators. As in overlay.ts, each shows what the server will most likely do.
 */
import type { Draft, Effect } from '../overlay'
import type { Row } from '../types'

const DESK = 'coordinators'
const DAY_MS = 86_400_000
const CARD_DAYS = 366

/** How the server writes a moment. */
const stamp = (now: Date, plusMs = 0): string => new Date(now.getTime() + plusMs).toISOString()

/** The rows of a collection as they stand. */
function* rowsOf(draft: Draft, collection: string): Iterable<Row> {
  for (const id of [...draft.ids(collection)]) {
    const row = draft.get(collection, id)
    if (row) yield row
  }
}

export const residents: Record<string, Effect> = {
  'recovery.card'(draft, { id }, me, now) {
    for (const row of rowsOf(draft, 'recoveries')) if (row.kind === 'card' && row.member === me.member) draft.drop('recoveries', row.id)
    const card = { id, member: me.member, kind: 'card', status: 'ready', openedBy: '', confirmedBy: '', expires: stamp(now, CARD_DAYS * DAY_MS), created: stamp(now), firstName: '' }
    draft.put('recoveries', card, [`member/${me.member}`])
  },

  'acting.offer'(draft, { id, scopes, until }, me, now) {
    const consent = { id, member: me.member, helper: '', how: 'self', scopes, starts: stamp(now), until, status: 'offered', recordedBy: me.member, witness: '', endedBy: '', endedAt: '' }
    draft.put('consents', consent, [`member/${me.member}`, DESK])
  },

  'people.leave'(draft, { why }, me) {
    const own = draft.get('members', me.member)
    if (own) draft.put('members', { ...own, standing: why })
  },

  // A block ends what the two had with each other; the other is told an ordinary end.
  'safety.block'(draft, { id, blocked }, me, now) {
    draft.put('blocks', { id, member: me.member, blocked, about: '' }, [`member/${me.member}`])
    for (const row of rowsOf(draft, 'consents')) {
      const between = (row.member === me.member && row.helper === blocked) || (row.member === blocked && row.helper === me.member)
      if (between && row.status === 'active') draft.put('consents', { ...row, status: 'ended', endedBy: me.member, endedAt: stamp(now) })
    }
  },
  'safety.unblock': (draft, { id }) => draft.drop('blocks', id),

  'reports.make'(draft, { id, about = '', kind, text, contact = '' }, me, now) {
    const report = { id, by: me.member, about, kind, text, contact, status: 'open', outcome: '', created: stamp(now), due: '', closed: '' }
    draft.put('reports', report, [`member/${me.member}`, DESK])
  },
}
