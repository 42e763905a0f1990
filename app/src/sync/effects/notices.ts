/**
 * The effects of reading what one was told, of choosing how to be told, and of sending again what reached nobody. As in
 * overlay.ts, each shows what the server will most likely do.
 */
import { CHOICES } from '../../notices/choices'
import type { Draft, Effect } from '../overlay'

function mark(draft: Draft, ids: readonly string[], read: boolean): void {
  for (const id of ids) {
    const row = draft.get('notices', id)
    if (row && row.read !== read) draft.put('notices', { ...row, read })
  }
}

export const notices: Record<string, Effect> = {
  'notices.read': (draft, { ids }) => mark(draft, ids, true),
  'notices.unread': (draft, { ids }) => mark(draft, ids, false),
  'notices.choose'(draft, { set }, { member }) {
    const row = draft.get('noticeChoices', member) ?? { ...CHOICES, id: member }
    draft.put('noticeChoices', { ...row, ...set, id: member }, [`member/${member}`])
  },
  // It waits again, and what waits is nobody's to look at.
  'deliveries.again'(draft, { ids }) {
    for (const id of ids) draft.drop('deliveries', id)
  },
}
