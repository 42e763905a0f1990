/**
 * The effects of what people do with cards: the bearer's own, a shop's, and the coordinators' over the scheme. As in
 * overlay.ts, each shows what the server will most likely do. A card is signed there: until then it has nothing to show.
 */
import type { Draft, Effect } from '../overlay'
import type { Me, Row } from '../types'

const DESK = 'coordinators'
const DAY_MS = 86_400_000
/** What the scheme says where it says nothing (hooks/cards). */
const DAYS = { cardDays: 90, printedDays: 365, voucherDays: 60 }

const dayOf = (now: Date): number => Math.floor(now.getTime() / DAY_MS)

/** Changes some columns of a row, if it is here. */
function change(draft: Draft, collection: string, id: string, columns: Partial<Row>): void {
  const row = draft.get(collection, id)
  if (row) draft.put(collection, { ...row, ...columns, id })
}

function* rowsOf(draft: Draft, collection: string): Iterable<Row> {
  for (const id of [...draft.ids(collection)]) {
    const row = draft.get(collection, id)
    if (row) yield row
  }
}

function daysOf(draft: Draft, which: keyof typeof DAYS): number {
  const [community] = rowsOf(draft, 'communities')
  const set = Number(community?.scheme?.[which])
  return set > 0 ? set : DAYS[which]
}

function accountOf(draft: Draft, member: string): Row | undefined {
  for (const row of rowsOf(draft, 'accounts')) if (row.member === member) return row
  return undefined
}

function newCard(draft: Draft, id: string, kind: 'phone' | 'printed', member: string, me: Me, now: Date): Row {
  const issued = dayOf(now)
  const expires = issued + daysOf(draft, kind === 'phone' ? 'cardDays' : 'printedDays')
  return { id, account: accountOf(draft, member)?.id ?? '', by: kind === 'printed' ? me.member : '', kind, packed: '', code: '', issued, expires, status: 'active' }
}

const bearers: Record<string, Effect> = {
  // One that this phone had before works until the new one is there.
  'cards.get': (draft, { id }, me, now) => draft.put('cards', newCard(draft, id, 'phone', me.member, me, now), [`member/${me.member}`]),
  'cards.print'(draft, { id, member = '' }, me, now) {
    const holders = [me.member, ...(member && member !== me.member ? [member] : [])]
    draft.put('cards', newCard(draft, id, 'printed', member, me, now), holders.map((one) => `member/${one}`))
  },
  'cards.lost': (draft, { id }) => change(draft, 'cards', id, { status: 'lost' }),

  'vouchers.get'(draft, { id, reward }, me, now) {
    const wanted = draft.get('rewards', reward)
    const account = accountOf(draft, me.member)
    if (!wanted || !account || account.stamps < wanted.stamps) return
    change(draft, 'accounts', account.id, { stamps: account.stamps - wanted.stamps })
    const issued = dayOf(now)
    const voucher = { id, reward, packed: '', status: 'open', issued, expires: issued + daysOf(draft, 'voucherDays'), pence: wanted.pence, stamps: wanted.stamps, offline: false, printed: false }
    draft.put('vouchers', voucher, [`member/${me.member}`])
  },
  // What it cost comes back.
  'vouchers.cancel'(draft, { id }, me) {
    const voucher = draft.get('vouchers', id)
    if (voucher?.status !== 'open') return
    draft.put('vouchers', { ...voucher, status: 'void' })
    const account = accountOf(draft, me.member)
    if (account) draft.put('accounts', { ...account, stamps: account.stamps + Number(voucher.stamps ?? 0) })
  },
}

const shops: Record<string, Effect> = {
  'shops.edit'(draft, { id, perk, chatty, hours, plain }) {
    const set = Object.fromEntries(Object.entries({ perk, chatty, hours, plain }).filter(([, value]) => value !== undefined))
    change(draft, 'shops', id, set)
  },
  'shops.leave'(draft, { id }, _me, now) {
    change(draft, 'shops', id, { status: 'left' })
    for (const row of rowsOf(draft, 'tills')) if (row.shop === id && !row.ended) change(draft, 'tills', row.id, { ended: now.toISOString() })
    for (const row of rowsOf(draft, 'roles')) if (row.shop === id) draft.drop('roles', row.id)
  },
  // Its token is the server's to sign: until then the till is not ready.
  'tills.open'(draft, { id, shop, name = '' }, me, now) {
    draft.put('tills', { id, shop, device: me.device, member: me.member, name, token: '', opened: now.toISOString(), ended: '', seq: 0 }, [`owners/${shop}`, `shop/${shop}`, DESK])
  },
  'tills.end': (draft, { id }, _me, now) => change(draft, 'tills', id, { ended: now.toISOString() }),
  // Whatever was decided: it waits no more.
  'stamps.review': (draft, { id }) => draft.drop('reviews', id),
}

const scheme: Record<string, Effect> = {
  'rewards.add'(draft, { id, title, text = '', stamps, pence = 0, shops: payers = [] }) {
    draft.put('rewards', { id, title, text, stamps, pence, shops: payers, status: 'active' }, ['public'])
  },
  'rewards.edit': (draft, { id, set }) => change(draft, 'rewards', id, set),
  'rewards.end': (draft, { id }) => change(draft, 'rewards', id, { status: 'ended' }),
  'community.scheme'(draft, { set }) {
    for (const row of rowsOf(draft, 'communities')) draft.put('communities', { ...row, scheme: { ...row.scheme, ...set } })
  },
  'patterns.seen': (draft, { id }) => change(draft, 'patterns', id, { seen: true }),
}

export const cards: Record<string, Effect> = { ...bearers, ...shops, ...scheme }
