/**
 * The effects of asking for a hand, of "I can", and of what two people write or give each other. As in overlay.ts, each
 * shows what the server will most likely do.
 */
import type { Draft, Effect } from '../overlay'
import type { Me, Row } from '../types'
import { derived } from './derived'

function change(draft: Draft, collection: string, id: string, columns: Partial<Row>): void {
  const row = draft.get(collection, id)
  if (row) draft.put(collection, { ...row, ...columns, id })
}

/** Of whom it is done for: the person themselves, or whom they act for. */
const nameOf = (draft: Draft, { member, firstName }: Me): string => String(draft.get('members', member)?.firstName || firstName)

/** A member's own row; on the phone of whoever acts for them it is held under another name. */
const isHeldOf = (auds: readonly string[], member: string): boolean => auds.includes(`member/${member}`) || auds.includes(`helped/${member}`)

/** On which side somebody stands: of whoever asks for help, or of whoever offers it. */
function sideOf(draft: Draft, about: string, { member }: Me): 'asks' | 'helps' {
  const reply = draft.get('replies', about)
  if (reply) return isHeldOf(draft.audiences('asks', reply.ask), member) ? 'asks' : 'helps'
  return isHeldOf(draft.audiences('circleHelpers', about), member) ? 'helps' : 'asks'
}

/** What two gave each other goes with what they had. */
function part(draft: Draft, about: string): void {
  for (const id of [...draft.ids('contacts')]) if (draft.get('contacts', id)?.about === about) draft.drop('contacts', id)
}

const over: Effect = (draft, { id }) => {
  change(draft, 'replies', id, { status: 'over' })
  part(draft, id)
}

function endReplies(draft: Draft, ask: string, which: (row: Row) => boolean): void {
  for (const id of [...draft.ids('replies')]) {
    const row = draft.get('replies', id)
    if (row?.ask !== ask || !which(row)) continue
    draft.put('replies', { ...row, status: 'over' })
    part(draft, id)
  }
}

/** By the names of docs/protocol.md section 8. */
export const asks: Readonly<Record<string, Effect>> = {
  'asks.make'(draft, { id, kind, day, part: when, words = '' }, me) {
    draft.put('asks', { id, kind, day, part: when, words, firstName: nameOf(draft, me), status: 'open' }, [`member/${me.member}`])
  },
  'asks.settle'(draft, { id }) {
    change(draft, 'asks', id, { status: 'settled' })
    endReplies(draft, id, (row) => row.status === 'offered')
  },
  'asks.end'(draft, { id }) {
    change(draft, 'asks', id, { status: 'over' })
    endReplies(draft, id, () => true)
  },

  'replies.make'(draft, { id, ask, words = '' }, me) {
    const there = [...draft.ids('replies')].find((one) => draft.get('replies', one)?.ask === ask && isHeldOf(draft.audiences('replies', one), me.member))
    draft.put('replies', { safety: '', ...draft.get('replies', there ?? ''), id: there ?? id, ask, firstName: nameOf(draft, me), words, status: 'offered' }, [`member/${me.member}`])
  },
  'replies.choose': (draft, { id }) => change(draft, 'replies', id, { status: 'chosen' }),
  'replies.end': over,

  'contacts.share'(draft, { about, phone }, me) {
    const side = sideOf(draft, about, me)
    draft.put('contacts', { id: derived('contact', about, side), about, side, firstName: nameOf(draft, me), phone }, [`member/${me.member}`])
  },
  'contacts.end': (draft, { about }) => part(draft, about),

  'messages.send'(draft, { id, about, text }, me, now) {
    const at = now.toISOString()
    draft.put('messages', { id, about, side: sideOf(draft, about, me), fromName: nameOf(draft, me), text, day: at.slice(0, 10), at }, [`member/${me.member}`])
  },

  // What the two had is over; the other is told what anybody is whose help isn't wanted any more.
  'asks.block'(draft, { id, about }, me, now) {
    draft.put('blocks', { id, member: me.member, blocked: '', about }, [`member/${me.member}`])
    if (draft.get('replies', about)) over(draft, { id: about }, me, now)
  },
}
