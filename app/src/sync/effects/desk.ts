/**
 * The effects of what coordinators, activators and owners do: roles, shops, invites, devices, recovery, acting
 * for others, vouches and reports. As in overlay.ts, each shows what the server will most likely do.
 */
import type { Draft, Effect } from '../overlay'
import type { Row } from '../types'

const DESK = 'coordinators'
const DAY_MS = 86_400_000
const QUARTER_MS = 15 * 60_000

/** How the server writes a moment. */
const stamp = (now: Date, plusMs = 0): string => new Date(now.getTime() + plusMs).toISOString()

/** Changes some columns of a row, if it is here. */
function change(draft: Draft, collection: string, id: string, columns: Partial<Row>): void {
  const row = draft.get(collection, id)
  if (row) draft.put(collection, { ...row, ...columns, id })
}

const ofShop = (shop: string): string[] => (shop ? [`owners/${shop}`] : [])

function hasRole(draft: Draft, { member, role, shop }: Row): boolean {
  for (const id of draft.ids('roles')) {
    const row = draft.get('roles', id)
    if (row?.member === member && row?.role === role && (row?.shop ?? '') === shop) return true
  }
  return false
}

const roles: Record<string, Effect> = {
  'roles.give'(draft, { id, member, role, shop = '' }) {
    const row = { id, member, role, shop }
    if (!hasRole(draft, row)) draft.put('roles', row, [`member/${member}`, DESK, ...ofShop(shop)])
  },
  'roles.take': (draft, { id }) => draft.drop('roles', id),
  'shops.add': (draft, { id, name, place = '' }) => draft.put('shops', { id, name, place, status: 'active' }, [DESK, `shop/${id}`]),
}

const people: Record<string, Effect> = {
  'people.add'(draft, { id, firstName }, _me, now) {
    const row = { id, firstName, created: stamp(now), standing: 'active', noPhone: true, hasEmail: false }
    draft.put('members', row, [`member/${id}`, `helped/${id}`, DESK])
  },
  'people.suspend': (draft, { member }) => change(draft, 'members', member, { standing: 'suspended' }),
  'people.restore': (draft, { member }) => change(draft, 'members', member, { standing: 'active' }),
}

const invites: Record<string, Effect> = {
  'invites.make'(draft, { id, role, shop = '', circle, uses, days, note = '' }, me, now) {
    const row = { id, role, shop, usesLeft: uses, uses, expires: stamp(now, days * DAY_MS), created: stamp(now), by: me.member, note, ended: false, ...(circle ? { circle } : {}) }
    draft.put('invites', row, [`member/${me.member}`, DESK])
  },
  'invites.end': (draft, { id }) => change(draft, 'invites', id, { ended: true }),
}

const devices: Record<string, Effect> = {
  'devices.rename': (draft, { id, name }) => change(draft, 'devices', id, { name }),
  'devices.revoke': (draft, { id }) => change(draft, 'devices', id, { revoked: true }),
  'devices.wipe': (draft, { id }) => change(draft, 'devices', id, { wipe: true }),
  'devices.admit': (draft, { id }) => change(draft, 'devices', id, { pending: false, match: '' }),
  'devices.refuse': (draft, { id }) => change(draft, 'devices', id, { pending: false, match: '', revoked: true }),
}

const recoveries: Record<string, Effect> = {
  'recovery.open'(draft, { id, member }, me, now) {
    const firstName = draft.get('members', member)?.firstName ?? ''
    const row = { id, member, kind: 'desk', status: 'open', openedBy: me.member, confirmedBy: '', expires: stamp(now, DAY_MS), created: stamp(now), firstName }
    draft.put('recoveries', row, [DESK, 'activators'])
  },
  'recovery.confirm': (draft, { id }, me, now) =>
    change(draft, 'recoveries', id, { status: 'ready', confirmedBy: me.member, expires: stamp(now, QUARTER_MS) }),
  'recovery.refuse': (draft, { id }) => change(draft, 'recoveries', id, { status: 'refused' }),
}

const acting: Record<string, Effect> = {
  'acting.record'(draft, { id, member, helper, how, witness = '', scopes, until }, me, now) {
    const row = { id, member, helper, how, witness, scopes, starts: stamp(now), until, status: 'active', recordedBy: me.member, endedBy: '', endedAt: '' }
    draft.put('consents', row, [`member/${member}`, `member/${helper}`, DESK])
  },
  'acting.end': (draft, { id }, me, now) => change(draft, 'consents', id, { status: 'ended', endedBy: me.member, endedAt: stamp(now) }),
}

const safety: Record<string, Effect> = {
  'safety.vouch'(draft, { id, member, kind, seenOn, note = '' }, me) {
    draft.put('vouches', { id, member, kind, seenOn, by: me.member, note }, [`member/${member}`, DESK])
  },
  'safety.unvouch': (draft, { id }) => draft.drop('vouches', id),
  'reports.acknowledge': (draft, { id }) => change(draft, 'reports', id, { status: 'acknowledged' }),
  'reports.close': (draft, { id, outcome }, _me, now) => change(draft, 'reports', id, { status: 'closed', outcome, closed: stamp(now) }),
}

/** By the names of docs/protocol.md section 8. */
export const desk: Readonly<Record<string, Effect>> = {
  ...roles, ...people, ...invites, ...devices, ...recoveries, ...acting, ...safety,
}
