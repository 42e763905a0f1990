/** What this phone holds of asks, followed as it changes: read it in a component or a $derived. */
import { app } from '../ui/app.svelte'
import { isActive } from '../you/people'
import type { Held } from './asks'

/** Of the person who uses this phone now, or of whom they act for. */
export const held = (): Held => ({
  rows: (collection) => app.live.rows(collection),
  holders: (collection, id) => app.live.audiences(collection, id),
  me: app.acting || (app.live.me?.member ?? ''),
})

export const nameOf = (member: string): string => String(app.live.rows('members').get(member)?.firstName ?? '')

/** Whom this person may ask for help for. */
export function helped(): string[] {
  const me = app.live.me?.member
  const consents = [...app.live.rows('consents').values()].filter((row) => row.helper === me && isActive(row, app.now) && Array.isArray(row.scopes) && row.scopes.includes('circles'))
  return [...new Set(consents.map((row) => String(row.member)))]
}

/** Whether what was done still waits on this phone. */
export const isWaiting = (of: (args: any) => boolean, ...names: string[]): boolean =>
  app.live.outbox().some((entry) => names.includes(entry.name) && (entry.state === 'waiting' || entry.state === 'sending') && of(entry.args))
