/** The effects of telling the server how this phone is reached, and that it isn't any more. */
import type { Effect } from '../overlay'

export const phone: Record<string, Effect> = {
  'registrations.put'(draft, _args, me, now) {
    draft.put('registrations', { id: me.device, day: now.toISOString().slice(0, 10) }, [`member/${me.member}`])
  },

  'registrations.end'(draft, _args, me) {
    draft.drop('registrations', me.device)
  },
}
