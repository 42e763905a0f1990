/**
 * What the parts of the desk share: people and names, whether the desk may be open here, and what is waiting.
 * Searches live here, so that Back finds a list as it was left.
 */
import { app } from '../ui/app.svelte'
import { dayOf, dayWords } from '../ui/dates'
import { desk as said } from '../words/desk'
import { peopleOf } from './people'

class Board {
  /** What is typed into each search. */
  words = $state<Record<string, string>>({})

  me = $derived(app.live.me)
  isCoordinator = $derived((this.me?.roles ?? []).includes('coordinator'))
  mayHelpBack = $derived(this.isCoordinator || (this.me?.roles ?? []).includes('activator'))
  /** Undefined: this device's own row isn't here yet. */
  enrolled = $derived(app.live.rows('devices').get(this.me?.device ?? '')?.enrolled as boolean | undefined)

  people = $derived(peopleOf(app.live.rows('members'), app.live.rows('roles'), app.live.rows('shops')))
  person = $derived(new Map(this.people.map((one) => [one.id, one])))
  shops = $derived([...app.live.rows('shops').values()].sort((a, b) => String(a.name).localeCompare(String(b.name))))

  /** Recoveries at the desk that still wait for somebody. */
  recoveries = $derived(
    [...app.live.rows('recoveries').values()].filter((row) => row.kind === 'desk' && (row.status === 'open' || row.status === 'ready') && (!row.expires || Date.parse(row.expires) > app.now)),
  )
  openReports = $derived([...app.live.rows('reports').values()].filter((row) => row.status !== 'closed'))
  /** Stamps that were put aside and wait for a yes or a no. */
  reviews = $derived(app.live.rows('reviews').size)
  pendingDevices = $derived([...app.live.rows('devices').values()].filter((row) => row.pending && !row.revoked))

  /** The first name of a member, or that they have left. */
  name(member: string): string {
    return String(app.live.rows('members').get(member)?.firstName || said.somebody)
  }

  /** The day of a stamp without its weekday, for lists: "4 June"; '' for none. */
  date(stamp: string): string {
    return this.day(stamp).replace(/^\p{L}+ /u, '')
  }

  /** The day of a stamp in words; '' for none. */
  day(stamp: string): string {
    return stamp ? dayWords(stamp.length === 10 ? stamp : dayOf(Date.parse(stamp), app.zone), app.today) : ''
  }
}

export const board = new Board()
