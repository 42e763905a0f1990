/**
 * What waits at the responders' desk, as every screen of theirs may tell: how much, and no word of any of it. The rows
 * are on responders' own phones alone, so for everybody else nothing ever waits.
 */
import type { Row } from '../sync'

export interface Waiting {
  /** How many concerns nobody looks into. */
  count: number
  /** Ids of those that are urgent. */
  urgent: readonly string[]
}

/** Pages that are turned round so that somebody else can read along, or a code be scanned: nothing there says that there are concerns. */
const TURNED = /^\/(listening|guide|cards|helplines|nudges|sticker|note|invites\/\w+)$/

export function waitingOf(concerns: Iterable<Row>): Waiting {
  const open = [...concerns].filter(({ state, received }) => state === 'new' && received)
  return { count: open.length, urgent: open.filter(({ urgency }) => urgency === 'urgent').map(({ id }) => id) }
}

/** Whether the page at `path` says that something urgent waits. The queue shows it anyway, and its own page does. */
export function saysUrgent({ urgent }: Waiting, path: string): boolean {
  if (path === '/concerns' || TURNED.test(path)) return false
  return urgent.some((id) => path !== `/concerns/${id}`)
}
