/** What an entry of the outbox is, in words. */
import type { Entry, Status } from '../sync'
import { sent as said } from '../words/sent'

/** What was done: "I'd like to come". */
export function nameOf(entry: Entry): string {
  return said.names[entry.name] ?? said.other
}

/** It hasn't arrived yet, as far as this phone knows. */
export const isOnItsWay = ({ state }: Pick<Entry, 'state'>): boolean => state === 'waiting' || state === 'sending'

/** When what waits is sent; `join`: what is to be done for that, where it doesn't go by itself. */
export function goesWhen({ online, fault }: Pick<Status, 'online' | 'fault'>, joined: boolean): { text: string; join?: string } {
  if (!joined) return { text: said.waitingJoin, join: said.join }
  if (fault === 'device_unknown') return { text: said.waitingShutOut, join: said.joinAgain }
  if (fault === 'member_suspended') return { text: said.waitingSuspended }
  if (!online) return { text: said.waitingOffline }
  return { text: fault ? said.waitingFault : said.waitingOnline }
}

/** Of neighbours. NB! What somebody told coordinators isn't put up here for whoever looks over their shoulder. */
const OF_NEIGHBOURS = /^(asks|replies|messages|contacts)\./

/**
 * What somebody wrote in it, so that they can look at it before they send it again; '' where nothing was written. What
 * was written under another name is not for whoever stands here now.
 */
export function textOf({ name, args, code }: Entry): string {
  if (code === 'member_changed') return ''
  const written = OF_NEIGHBOURS.test(name) ? [args.words, args.text, args.phone] : [args.title, args.name]
  return written.find((text) => typeof text === 'string' && text !== '') ?? ''
}

/** The listing that an entry is about; '' when it is about none. */
export function listingOfEntry(entry: Entry): string {
  if (entry.name === 'visits.come') return entry.args.listing ?? ''
  if (entry.name.startsWith('registers.')) return entry.args.listing ?? ''
  return entry.name.startsWith('listings.') ? (entry.args.id ?? '') : ''
}

/** Whether it is about who came; the door says what became of it. */
const isOfRegister = ({ name }: Entry): boolean => name.startsWith('registers.') || name.startsWith('regulars.')

/** The door that a merged tick belongs to; '' for anything else. */
export function doorOfEntry(entry: Entry): string {
  return entry.state === 'merged' && entry.name.startsWith('registers.') ? `/door/${entry.args.listing}/${entry.args.occurrence}` : ''
}

/** The rota that says what became of a turn; '' for anything else. `circleOf`: the circle that a slot is of. */
export function rotaOfEntry({ name, state, args }: Entry, circleOf: (slot: string) => string): string {
  const circle = state === 'merged' && name.startsWith('turns.') ? circleOf(String(args.slot)) : ''
  return circle && `/circles/${circle}`
}

/** Where "edit and send again" leads; '' when the same can only be sent again. */
export function editAddress(entry: Entry): string {
  if (entry.name === 'visits.come') return `/l/${entry.args.listing}/come`
  if (entry.name === 'listings.add' || entry.name === 'listings.edit') return `/groups/${entry.args.id}#${encodeURIComponent(entry.nonce)}`
  return ''
}

/** Why it needs a look, as a sentence or two. */
export function reasonOf(entry: Entry): string {
  if (entry.state === 'quarantined') return said.quarantined
  if (entry.state === 'rejected') return `${said.refused} ${entry.message ?? ''}`.trim()
  if (isOfRegister(entry)) return entry.result?.replaced ? said.onRegister : said.merged
  if (entry.result?.taken === true) return said.taken
  const replaced = Object.keys(entry.result?.replaced ?? {}).map((column) => said.columns[column] ?? column)
  return replaced.length > 0 ? said.replaced(replaced.join(', ')) : said.merged
}
