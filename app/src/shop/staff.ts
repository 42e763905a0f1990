/**
 * Who works in a shop, as far as its owner may know: a name only where this device holds it, and else the
 * devices by which they are known at the counter.
 */
import type { Row } from '../sync'
import { shop as said } from '../words/shop'

export interface Worker {
  /** Of the role, so that it can be taken. */
  id: string
  role: 'owner' | 'staff'
  name: string
  devices: string
}

export function staffOf(roles: readonly Row[], devices: readonly Row[], members: ReadonlyMap<string, Row>, shop: string, me: string): Worker[] {
  const here = roles.filter((row) => row.shop === shop && (row.role === 'owner' || row.role === 'staff'))
  const sorted = [...here].sort((a, b) => String(a.role).localeCompare(String(b.role)) || a.id.localeCompare(b.id))
  let unnamed = 0
  return sorted.map((row) => {
    const known = String(members.get(row.member)?.firstName ?? '')
    const name = row.member === me ? said.you : known || (row.role === 'staff' ? said.staffMember(++unnamed) : said.someone)
    const theirs = devices.filter((device) => device.member === row.member && !device.pending)
    return { id: row.id, role: row.role as Worker['role'], name, devices: theirs.map((device) => String(device.name)).join(', ') }
  })
}
