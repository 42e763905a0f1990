/**
 * Who this device speaks for: what joining answered, and what the rows have said since.
 */
import type { Account } from '../device/account'
import type { Me } from './types'
import type { View } from './view'

/** As joining answered: enough to run effects with. */
export function identity(account: Account | null): Me | null {
  if (!account) return null
  const { member, device, firstName, roles, pending, match } = account.joined
  return { member, device, firstName, roles, ...(pending ? { pending, match } : {}) }
}

/**
 * With the first name and the roles of now, once the member's own rows are here. Every member is a resident:
 * that role has no row.
 */
export function currentMe(account: Account | null, view: View): Me | null {
  const joined = identity(account)
  if (!joined) return null
  const own = view.rows('members').get(joined.member)
  if (!own) return joined
  const roles = [...view.rows('roles').values()].filter((row) => row.member === joined.member).map((row) => String(row.role))
  return { ...joined, firstName: String(own.firstName ?? joined.firstName), roles: ['resident', ...roles.sort()] }
}

export function sameMe(one: Me | null, other: Me | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
