/** Why the words of a concern were put away while somebody read them. */
import type { Entry } from '../sync'
import { triage as said } from '../words/triage'
import { ownDeed, type Held } from './hold'

/** `name`: of whoever looks into it now. */
export function movedWords(now: Held | undefined, outbox: readonly Entry[], id: string, name: string): string {
  const own = said.movedOwn[ownDeed(outbox, id)]
  if (own) return own
  if (now?.state === 'assigned') return said.movedTo(name)
  return now?.state === 'closed' ? said.movedClosed : said.movedBack
}
