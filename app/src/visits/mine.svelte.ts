/** This person's visits, followed as they change. */
import { listingOf } from '../listings/model'
import { app } from '../ui/app.svelte'
import { myVisits, type Visit } from './visits'

/** All of them, the earliest first. Read it in a component or a $derived. */
export function mine(): Visit[] {
  const listings = app.live.rows('listings')
  return myVisits({
    rows: app.live.rows('visits'),
    own: (id) => app.isOwnVisit(id),
    outbox: app.live.outbox(),
    schedule: (id) => {
      const row = listings.get(id)
      return row ? listingOf(row).schedule : []
    },
  })
}
