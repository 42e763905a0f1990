/** The code on a shop's poster: an invite that was made on this phone, as long as it can be used. */
import type { Codes } from '../invites/kept'
import { inviteOf, rolesToInvite, standingOf } from '../invites/invites'
import type { Row } from '../sync'

/** Who may invite residents has a code on the poster; for everybody else it opens what's on. */
export const mayInvite = (roles: readonly string[]): boolean => rolesToInvite(roles).includes('resident')

export interface PosterCode {
  id: string
  code: string
  /** The last day as a stamp; '' when the server has none yet. */
  expires: string
}

/** The invite of that note that lasts the longest and whose code is still here. */
export function codeOf(invites: Iterable<Row>, codes: Codes, note: string, now: number): PosterCode | undefined {
  const mine = Array.from(invites, inviteOf).filter((one) => one.note === note && one.role === 'resident' && standingOf(one, now) === 'open' && codes[one.id])
  const [longest] = mine.sort((a, b) => (a.expires < b.expires ? 1 : -1))
  return longest && { id: longest.id, code: codes[longest.id]!.code, expires: longest.expires }
}
