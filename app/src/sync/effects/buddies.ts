/**
 * The effects of looking out for newcomers: offers, pairings, calls, and an activator's card. As in overlay.ts, each
 * shows what the server will most likely do.
 */
import type { Draft, Effect } from '../overlay'
import type { Row } from '../types'

function change(draft: Draft, collection: string, id: string, columns: Partial<Row>): void {
  const row = draft.get(collection, id)
  if (row) draft.put(collection, { ...row, ...columns, id })
}

const day = (now: Date): string => now.toISOString().slice(0, 10)

/** The person's own offer to a listing, if there is one. */
function ownOffer(draft: Draft, listing: string, member: string): Row | undefined {
  for (const id of draft.ids('buddies')) {
    const row = draft.get('buddies', id)
    if (row?.listing === listing && draft.audiences('buddies', id).includes(`member/${member}`)) return row
  }
  return undefined
}

const offers: Record<string, Effect> = {
  'buddies.offer'(draft, { id, listing, interests = [] }, me) {
    const same = ownOffer(draft, listing, me.member)
    const stands = same?.status === 'offered' || same?.status === 'approved'
    const row = { firstName: me.firstName, ...same, id: same?.id ?? id, listing, interests, status: stands ? same.status : 'offered' }
    draft.put('buddies', row, same ? undefined : [`member/${me.member}`])
  },
  'buddies.end': (draft, { id }) => part(draft, id, 'ended'),
  'buddies.approve': (draft, { id }) => change(draft, 'buddies', id, { status: 'approved' }),
  'buddies.decline': (draft, { id }) => part(draft, id, 'declined'),
}

/** Whoever was looked out for has no buddy then, and who was only asked for them isn't any more. */
function part(draft: Draft, id: string, status: string): void {
  change(draft, 'buddies', id, { status })
  for (const pairing of [...draft.ids('pairings')]) {
    const row = draft.get('pairings', pairing)
    if (row?.buddy !== id) continue
    if (row.status === 'open') draft.put('pairings', { ...row, buddy: '', buddyName: '' })
    if (row.status === 'asked') draft.put('pairings', { ...row, status: 'ended' })
  }
}

const over = (status: string): Effect => (draft, { id }) => {
  change(draft, 'pairings', id, { status })
  draft.drop('pairingContacts', id)
}

const pairings: Record<string, Effect> = {
  'pairings.ask'(draft, { id, listing, visit = '', regular = '', buddy }, _me, now) {
    const comes = draft.get('visits', visit)
    const line = draft.get('regulars', regular)
    const row = {
      id, listing, visit, regular: regular || (comes?.regular ?? ''), buddy, buddyName: draft.get('buddies', buddy)?.firstName ?? '', newcomerName: comes?.firstName ?? line?.firstName ?? '',
      status: 'asked', since: day(now), occurrence: comes?.occurrence ?? '', welcome: comes?.welcome ?? '', interests: comes?.interests ?? [],
    }
    draft.put('pairings', row, [`host/${listing}`])
  },
  'pairings.swap'(draft, { id, buddy }, _me, now) {
    change(draft, 'pairings', id, { buddy, buddyName: draft.get('buddies', buddy)?.firstName ?? '', status: 'asked', since: day(now) })
  },
  'pairings.accept': (draft, { id }, _me, now) => change(draft, 'pairings', id, { status: 'open', since: day(now) }),
  'pairings.decline': over('declined'),
  'pairings.noThanks': over('noThanks'),
  'pairings.end': over('ended'),
  'pairings.contact'(draft, { id, phone }, me) {
    if (phone) draft.put('pairingContacts', { id, phone }, [`member/${me.member}`])
    else draft.drop('pairingContacts', id)
  },
}

const calls: Record<string, Effect> = {
  'calls.done'(draft, { id, outcome }, me) {
    const call = draft.get('calls', id)
    if (!call) return
    const reached = outcome === 'fine' || outcome === 'needs'
    if (!draft.audiences('calls', id).includes(`member/${me.member}`)) {
      // What came to those who run the group stays with them until somebody has spoken with that person.
      if (reached) draft.drop('calls', id)
    } else if (outcome === '') {
      if (call.outcome === 'noAnswer') draft.put('calls', { ...call, state: 'due', outcome: '', toHosts: false })
    } else if (reached || call.state === 'due') {
      draft.put('calls', { ...call, state: 'done', outcome: reached ? 'spoke' : 'noAnswer', ...(reached ? { toHosts: false } : {}) })
    }
  },
}

const cards: Record<string, Effect> = {
  'hostCards.show'(draft, { text, listings }, me) {
    draft.put('hostCards', { id: me.member, firstName: me.firstName, text, listings, shown: true }, [`member/${me.member}`, 'public'])
  },
  'hostCards.hide': (draft, _args, me) => change(draft, 'hostCards', me.member, { shown: false }),
}

/** By the names of docs/protocol.md section 8. */
export const buddies: Readonly<Record<string, Effect>> = { ...offers, ...pairings, ...calls, ...cards }
