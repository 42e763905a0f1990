/** What this phone holds of buddies, followed as it changes: read it in a component or a $derived. */
import { app } from '../ui/app.svelte'
import type { Held } from './pairs'

/** Of the person who uses this phone now, or of whom they act for. */
export const held = (): Held => ({
  rows: (collection) => app.live.rows(collection),
  holders: (collection, id) => app.live.audiences(collection, id),
  me: app.acting || (app.live.me?.member ?? ''),
})

/** Of the person themselves: what a buddy or a host does isn't done for somebody else. */
export const ownHeld = (): Held => ({ ...held(), me: app.live.me?.member ?? '' })

export const titleOf = (listing: string): string => app.item(listing)?.listing.title ?? ''
