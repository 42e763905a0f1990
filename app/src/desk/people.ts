/**
 * Members as the desk shows them: with their roles, ready to be found by words. A town's 5,000 are one pass.
 */
import { searchable } from '../listings/search'
import { responds } from '../notices/choices'
import type { Row } from '../sync'
import { desk as said } from '../words/desk'
import { roleNames } from '../words/roleNames'

export interface HeldRole {
  id: string
  role: string
  /** '' for a role that is of no shop. */
  shop: string
  shopName: string
}

export interface Person {
  id: string
  name: string
  created: string
  standing: 'active' | 'suspended' | 'left' | 'moved'
  noPhone: boolean
  hasEmail: boolean
  roles: readonly HeldRole[]
  /** What it is found by. */
  folded: string
}

/** Whether somebody looks into concerns here. */
export function isResponder({ standing, roles }: Person): boolean {
  return standing === 'active' && responds(roles.map(({ role }) => role))
}

/** Whether somebody who looks into concerns is told of nothing urgent by mail, as no address is known. */
export function isUnwritten(person: Person): boolean {
  return isResponder(person) && !person.hasEmail
}

type Rows = ReadonlyMap<string, Row>
const NO_ROLES: readonly HeldRole[] = []

/** Member → roles, in the order of their names. */
export function rolesByMember(roles: Rows, shops: Rows): Map<string, HeldRole[]> {
  const found = new Map<string, HeldRole[]>()
  for (const { id, member, role, shop = '' } of roles.values()) {
    const held = { id, role: String(role), shop: String(shop), shopName: shop ? String(shops.get(shop)?.name ?? '') : '' }
    found.set(member, [...(found.get(member) ?? []), held].sort((a, b) => a.role.localeCompare(b.role)))
  }
  return found
}

function personOf(row: Row, roles: readonly HeldRole[]): Person {
  const standing = row.standing || 'active'
  const noPhone = row.noPhone === true
  const name = String(row.firstName || said.somebody)
  const words = [name, ...roles.flatMap((held) => [roleNames.name[held.role] ?? held.role, held.shopName])]
  if (standing !== 'active') words.push(said.people.standing[standing] ?? '')
  if (noPhone) words.push(said.people.noPhone)
  return { id: row.id, name, created: row.created ?? '', standing, noPhone, hasEmail: row.hasEmail === true, roles, folded: searchable(words) }
}

const inAlphabet = new Intl.Collator('en-GB')

/** Everybody, by name and then by how long they have been here. */
export function peopleOf(members: Rows, roles: Rows, shops: Rows): Person[] {
  const held = rolesByMember(roles, shops)
  return Array.from(members.values(), (row) => personOf(row, held.get(row.id) ?? NO_ROLES)).sort(
    (a, b) => inAlphabet.compare(a.name, b.name) || (a.created < b.created ? -1 : 1),
  )
}
