/**
 * The queue of concerns as the desk shows it: no words, only how pressing each is and who looks into it.
 */
import { afterWorkingDays } from '../calendar/workdays'
import type { Row } from '../sync'

export type Tone = 'calm' | 'amber' | 'red'
export type View = 'mine' | 'nobody' | 'open' | 'closed'
export const VIEWS = ['mine', 'nobody', 'open', 'closed'] as const

/** One concern of the queue. Whom it is about stands in the sealed part alone. */
export interface Concern {
  id: string
  urgent: boolean
  area: string
  /** The hour in which it came, in milliseconds. */
  received: number
  state: 'new' | 'assigned' | 'closed'
  /** For coordinators alone: whoever it is about did not agree. */
  lead: boolean
  /** A member, or ''. */
  assignee: string
  /** The day on which somebody first looked into it, or ''. It stays when it is given back. */
  picked: string
  closedOn: string
  outcome: string
  /** The same in all that are about one person; '' for none. */
  link: string
  /** How far it was raised, as nobody took it: 1 all responders with an address were written to, 2 whom to ring is shown (at once, where nobody has one). */
  escalated: number
  /** While it waits; calm otherwise. */
  tone: Tone
  /** For somebody to do something: nobody looks into it, or somebody does and hasn't written down anything yet. */
  waits: boolean
}

/** After how many working days one that waits is amber, and red. */
export interface Patience {
  amberDays: number
  redDays: number
}

/** How pressing one is that came at `received` and that still waits. That somebody has taken it makes it no younger. */
export function toneOf(received: number, { amberDays, redDays }: Patience, now: number, zone: string): Tone {
  if (now >= afterWorkingDays(received, redDays, zone)) return 'red'
  return now >= afterWorkingDays(received, amberDays, zone) ? 'amber' : 'calm'
}

/** A row with every part; null for one that isn't a concern any more. `noted`: something was written down about it. */
export function concernOf(row: Row, patience: Patience, now: number, zone: string, noted = false): Concern | null {
  const received = Date.parse(String(row.received ?? '').replace(' ', 'T'))
  if (!Number.isFinite(received) || !['new', 'assigned', 'closed'].includes(row.state)) return null
  const text = (key: string) => String(row[key] ?? '')
  const waits = row.state === 'new' || (row.state === 'assigned' && !noted)
  return {
    id: row.id, urgent: row.urgency === 'urgent', area: text('area'), received, state: row.state, lead: row.lead === true, assignee: text('assignee'),
    picked: text('picked'), closedOn: text('closedOn'), outcome: text('outcome'), link: text('link'), escalated: Number(row.escalated ?? 0),
    waits, tone: waits ? toneOf(received, patience, now, zone) : 'calm',
  }
}

/** Pressing first: what was raised, then what waits before what is in hand, what is urgent, and what is oldest. */
function pressing(a: Concern, b: Concern): number {
  const raised = (one: Concern) => (one.state === 'new' ? one.escalated : 0)
  return raised(b) - raised(a) || Number(b.waits) - Number(a.waits) || Number(b.urgent) - Number(a.urgent) || a.received - b.received || (a.id < b.id ? -1 : 1)
}

/** What was closed last comes first. */
function latest(a: Concern, b: Concern): number {
  return a.closedOn === b.closedOn ? b.received - a.received : a.closedOn < b.closedOn ? 1 : -1
}

/** What a view shows, in its order. */
export function queueOf(all: readonly Concern[], view: View, me: string): Concern[] {
  if (view === 'closed') return all.filter(({ state }) => state === 'closed').sort(latest)
  const open = all.filter(({ state }) => state !== 'closed')
  const shown = view === 'mine' ? open.filter(({ assignee }) => assignee === me) : view === 'nobody' ? open.filter(({ state }) => state === 'new') : open
  return shown.sort(pressing)
}

/** Whether something urgent was raised so far that somebody has to be rung. */
export function mustRing(all: readonly Concern[]): boolean {
  return all.some(({ state, escalated }) => state === 'new' && escalated >= 2)
}
