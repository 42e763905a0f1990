/**
 * The effect of having read the Listener's cards, as in overlay.ts.
 */
import type { Effect } from '../overlay'

export const listening: Record<string, Effect> = {
  'listening.basics'(draft, { id, version }, me, now) {
    for (const known of draft.ids('basics')) {
      const row = draft.get('basics', known)
      if (row?.member === me.member && row?.version === version) return
    }
    draft.put('basics', { id, member: me.member, version, day: now.toISOString().slice(0, 10) }, [`member/${me.member}`])
  },
}
