/**
 * Whether a Listener has read the cards. When their text changes so that it should be read again, the version rises.
 */
import { mayRaise } from '../concerns/community'
import type { Row } from '../sync'

export const BASICS_VERSION = 1

/** The day on which this member read the cards of now; '' if they haven't. */
export function basicsDay(rows: Iterable<Row>, member: string): string {
  for (const row of rows) if (row.member === member && Number(row.version) >= BASICS_VERSION) return String(row.day)
  return ''
}

/**
 * Who may print the sign for a window. It promises an ear: a Listener who hasn't read the cards yet reads them first; a
 * shop's owner prints it for a Listener who works there, and a coordinator for whoever asks.
 */
export function mayPrintSign(roles: readonly string[], read: boolean): 'yes' | 'cards' | 'no' {
  if (roles.includes('owner') || roles.includes('coordinator')) return 'yes'
  if (!mayRaise(roles)) return 'no'
  return read ? 'yes' : 'cards'
}
