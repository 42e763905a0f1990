/**
 * The effects of what hosts do with listings, and of a changed name. As in overlay.ts, each shows what the server will
 * most likely do.
 */
import type { Effect } from '../overlay'

/** What `listings.add` leaves to the server, so that a screen meets every column. */
const NEW_LISTING = {
  kind: 'group', title: '', summary: '', description: '', organisation: '', place: '', room: '', schedule: [],
  prices: { mode: 'unknown', amounts: [], firstFree: false, why: '' }, access: [], venue: '', languages: [], whoComes: '',
  firstVisit: {}, contact: {}, status: 'active', source: '', sourceUrl: '', twin: '',
}
const NEW_PLACE = { name: '', address: '', postcode: '', lat: 0, lon: 0, kind: 'other', access: [] }

export const hosting: Record<string, Effect> = {
  'listings.add'(draft, args, _me, now) {
    const row = { ...NEW_LISTING, ...args, checked: day(now) }
    draft.put('listings', row, [row.status === 'draft' ? 'activators' : 'public'])
  },

  'listings.edit'(draft, args) {
    const listing = draft.get('listings', args.id)
    if (!listing) return
    const row = { ...listing, ...args.set, id: listing.id }
    const moved = (row.status === 'draft') !== (listing.status === 'draft')
    draft.put('listings', row, moved ? [row.status === 'draft' ? 'activators' : 'public'] : undefined)
  },

  'listings.check'(draft, args, _me, now) {
    const listing = draft.get('listings', args.id)
    if (listing) draft.put('listings', { ...listing, checked: day(now) })
  },

  'places.add'(draft, args) {
    draft.put('places', { ...NEW_PLACE, ...args }, ['public'])
  },

  'hosts.end'(draft, args) {
    draft.drop('hosts', args.id)
  },

  'people.rename'(draft, args, me) {
    const member = draft.get('members', me.member)
    if (member) draft.put('members', { ...member, firstName: args.firstName })
  },
}

/** The day on this phone's calendar, as listings keep it. */
function day(now: Date): string {
  const two = (n: number) => String(n).padStart(2, '0')
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
}
