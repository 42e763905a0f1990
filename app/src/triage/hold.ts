/**
 * Who holds a concern: while that has not been answered nothing is opened on the strength of it, and when it changes,
 * what is open is put away.
 */
import type { Entry } from '../sync'
import type { Concern } from './queue'

/** What says who holds one. */
const GIVING = new Set(['concerns.take', 'concerns.assign', 'concerns.release', 'concerns.reopen'])

/** What changes who may read one, or if anybody needs to. */
const CHANGING = new Set(['concerns.take', 'concerns.assign', 'concerns.release', 'concerns.reopen', 'concerns.close'])

export type Held = Pick<Concern, 'state' | 'assignee' | 'lead'>

/** Whether something that this phone has said about who holds it is still on its way: the row shows a hope until then. */
export function unanswered(outbox: readonly Entry[], id: string): boolean {
  return outbox.some(({ name, args, state }) => GIVING.has(name) && args.id === id && (state === 'waiting' || state === 'sending'))
}

/** Whether what was opened may stay open. It may where nothing has changed, and where it has come to whoever reads it. */
export function staysOpen(before: Held, now: Held | undefined, me: string): boolean {
  if (!now) return false
  if (before.state === now.state && before.assignee === now.assignee && before.lead === now.lead) return true
  return now.state === 'assigned' && now.assignee === me
}

/** Whether something that was done is about this concern. */
export function isAbout({ name, args }: Entry, id: string): boolean {
  return name.startsWith('concerns.') && (args.id === id || args.concern === id)
}

/** What this phone itself has just done to it, as it is still on its way; '' for nothing: then it was somebody else. */
export function ownDeed(outbox: readonly Entry[], id: string): string {
  const mine = outbox.filter(({ name, args, state }) => CHANGING.has(name) && args.id === id && (state === 'waiting' || state === 'sending'))
  return mine.sort((a, b) => a.number - b.number).at(-1)?.name ?? ''
}
