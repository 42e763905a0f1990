/**
 * Which places the navigation has room for: what's on, two that change with what somebody does here, and the
 * last. What has no room is linked from there.
 */
import { words } from '../words'
import type { IconName } from './Icon.svelte'
import type { Route } from './routes'

export interface Place {
  /** '': it is no address, but what opens above whatever page is there. */
  href: string
  icon: IconName
  text: string
  names: Route['name'][]
  /** In words how many concerns are nobody's, where this leads to them; how much is new, where it leads there. */
  waits?: (count: number) => string
}

const { shell } = words
const FRONT: Place = { href: '/', icon: 'board', text: shell.whatsOn, names: ['front', 'listing', 'come'] }
const DESK: Place = { href: '/desk', icon: 'desk', text: shell.desk, names: ['desk', 'concerns'], waits: shell.deskWaits }
const CONCERNS: Place = { href: '/concerns', icon: 'mail', text: shell.concerns, names: ['concerns'], waits: shell.concernsWait }
const SURGERY: Place = { href: '/surgery', icon: 'mail', text: shell.notes, names: ['surgery'] }
const SHOP: Place = { href: '/shop', icon: 'shop', text: shell.shop, names: ['shop'] }
const TILL: Place = { href: '/till', icon: 'scan', text: shell.till, names: ['till'] }
const GROUPS: Place = { href: '/groups', icon: 'people', text: shell.groups, names: ['groups', 'edit', 'invites'] }
const PLANS: Place = { href: '/plans', icon: 'bookmark', text: shell.plans, names: ['plans', 'outbox'] }
const CARD: Place = { href: '/card', icon: 'card', text: shell.card, names: ['card'] }
const CIRCLES: Place = { href: '/circles', icon: 'people', text: shell.circles, names: ['circles'] }
const QUIET: Place = { href: '', icon: 'leaf', text: shell.quiet, names: [] }
const LAST: Place = { href: '/about', icon: 'info', text: shell.about, names: ['about', 'join'] }
const YOU: Place = { href: '/you', icon: 'person', text: shell.you, names: ['you', 'about', 'join'], waits: shell.youWaits }
const ROOM = 2

/** What somebody is here, as far as the navigation cares. */
export interface Doing {
  roles: readonly string[]
  /** Runs a listing, or may put one up. */
  host: boolean
  /** Is in a circle around somebody, or has one around them. */
  circles?: boolean
}

/** Places between the first and the last, the most needed first. */
function between({ roles, host, circles = false }: Doing): Place[] {
  const listens = roles.includes('listener')
  const owns = roles.includes('owner')
  const serves = owns || roles.includes('staff')
  const wanted = [
    ...(listens ? [QUIET] : []),
    ...(roles.includes('coordinator') ? [DESK] : roles.includes('coach') ? [CONCERNS] : []),
    ...(roles.includes('surgery') ? [SURGERY] : []),
    ...(serves ? [TILL] : []),
    ...(owns ? [SHOP] : []),
    ...(host && !roles.includes('coordinator') ? [GROUPS] : []),
    PLANS,
    ...(circles ? [CIRCLES] : []),
    ...(serves && !owns ? [SHOP] : []),
    ...(roles.length > 0 ? [CARD] : []),
    ...(roles.includes('coordinator') ? [GROUPS] : []),
    ...(!circles && roles.length > 0 ? [CIRCLES] : []),
    ...(!listens && roles.some((role) => role === 'activator' || role === 'coach' || role === 'coordinator') ? [QUIET] : []),
  ]
  return wanted
}

/**
 * Three or four places. Plans stand before groups, where both do. The last leads to what has no room, and so is marked
 * there, too.
 */
export function placesOf(doing: Doing): Place[] {
  const middle = between(doing).slice(0, ROOM)
  const shown = middle.flatMap(({ names }) => names)
  const last = doing.roles.length > 0 ? YOU : LAST
  const under = placesElsewhere(doing).flatMap(({ names }) => names.filter((name) => !shown.includes(name)))
  return [FRONT, ...middle.sort((a, b) => Number(b === PLANS) - Number(a === PLANS)), { ...last, names: [...last.names, ...under] }]
}

/** What the navigation has no room for. */
export function placesElsewhere(doing: Doing): Place[] {
  return between(doing).slice(ROOM)
}

/** Opens what has no address. */
export async function openQuiet(): Promise<void> {
  const { open } = await import('../concerns/open')
  open()
}
