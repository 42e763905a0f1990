/**
 * Invites as rows have them: what each is for, how it stands, and who may make which.
 */
import type { Row } from '../sync'

export const ROLES = ['resident', 'listener', 'activator', 'owner', 'staff', 'coach', 'surgery', 'coordinator'] as const
export type Role = (typeof ROLES)[number] | 'member'

export interface Invite {
  id: string
  role: Role
  shop: string
  usesLeft: number
  uses: number
  /** Stamps; '' when the server has none. */
  expires: string
  created: string
  /** The member who made it; '' for one made on the server's console. */
  by: string
  note: string
  ended: boolean
}

export type Standing = 'open' | 'used' | 'ended' | 'over'

export function inviteOf(row: Row): Invite {
  const { id, role = 'resident', shop = '', usesLeft = 0, uses = 0, expires = '', created = '', by = '', note = '', ended = false } = row
  return { id, role, shop, usesLeft: Number(usesLeft), uses: Math.max(Number(uses), Number(usesLeft)), expires, created, by, note, ended: ended === true }
}

export function standingOf(invite: Invite, now: number): Standing {
  if (invite.ended) return 'ended'
  if (invite.usesLeft < 1) return 'used'
  return invite.expires && Date.parse(invite.expires) <= now ? 'over' : 'open'
}

/** Open ones first; among each, the newest first. */
export function inOrder(invites: readonly Invite[], now: number): Invite[] {
  const rank = (invite: Invite) => Number(standingOf(invite, now) !== 'open')
  return [...invites].sort((a, b) => rank(a) - rank(b) || (a.created < b.created ? 1 : -1))
}

/** Whom somebody with these roles may invite. Staff are let in from the shop's own page. */
export function rolesToInvite(roles: readonly string[]): Role[] {
  if (roles.includes('coordinator')) return ROLES.filter((role) => role !== 'staff')
  return roles.includes('activator') ? ['resident'] : []
}

/** The most people who may use one invite, and the days it may last. */
export function limitsOf(role: Role): { uses: number; days: readonly number[] } {
  if (role === 'staff') return { uses: 1, days: [1] }
  return { uses: role === 'resident' ? 200 : 10, days: role === 'member' ? [1, 7] : [1, 7, 30, 90] }
}

/** Roles that are of one shop. */
export const needsShop = (role: Role): boolean => role === 'owner' || role === 'staff'
