/**
 * What could not be brought to people, gathered for the coordinators by why.
 */
import type { Row } from '../sync'

export interface Unreached {
  channel: string
  /** A key of `whyNot`. */
  why: string
  ids: string[]
  /** The first day, `YYYY-MM-DD`. */
  since: string
}

/** What the ways of sending call it (internal/push), by what there is to say of it. */
const WHY: Record<string, string> = {
  key_refused: 'key', UNAUTHENTICATED: 'key', THIRD_PARTY_AUTH_ERROR: 'key', key_clock: 'clock', not_permitted: 'permission', api_off: 'permission', no_project: 'project',
  INVALID_ARGUMENT: 'payload', not_plain: 'payload', QUOTA_EXCEEDED: 'quota',
  UNAVAILABLE: 'unavailable', INTERNAL: 'unavailable', network: 'unavailable', timeout: 'unavailable', unreadable: 'unavailable',
}

function whyOf(channel: string, reason: string): string {
  if (channel === 'email') return 'mail'
  if (/^5\d\d$/.test(reason)) return 'unavailable'
  return Object.hasOwn(WHY, reason) ? WHY[reason]! : 'other'
}

/** The most first. */
export function gather(deliveries: Iterable<Row>): Unreached[] {
  const found = new Map<string, Unreached>()
  for (const { id, channel, reason, day } of deliveries) {
    const why = whyOf(channel, reason)
    const one = found.get(channel + why) ?? { channel, why, ids: [] as string[], since: day }
    one.ids.push(id)
    if (day < one.since) one.since = day
    found.set(channel + why, one)
  }
  return [...found.values()].sort((a, b) => b.ids.length - a.ids.length || (a.why < b.why ? -1 : 1))
}
