/**
 * Which screen an address shows. Screens but the front come in files of their own, fetched when they are
 * needed and kept by the worker.
 */
import type { Component } from 'svelte'

type Props = Record<string, string>

export interface Route {
  name: 'front' | 'listing' | 'come' | 'plans' | 'groups' | 'edit' | 'join' | 'outbox' | 'about' | 'invites' | 'desk' | 'shop' | 'concerns' | 'surgery' | 'you' | 'till' | 'card' | 'missing'
  /** The list of what's on stands beside it on a wide screen. */
  list: boolean
  props: Props
  /** The front needs none: it is the list. */
  load: (() => Promise<{ default: Component<any> }>) | null
}

type Page = Promise<{ default: Component<any> }>

const ID = '([a-z0-9]{1,40})'

/** "You", the ways back, the card, the till, the outbox, and what every page's foot leads to: one list, which comes later. */
const own = (part: string): Page => import('../you/pages').then(({ page }) => page(part))

/**
 * A whole path, and the page it shows; `load` is told the first part in brackets. `props`: what the parts are called
 * there. `list`: see Route. A name of '' is that first part.
 */
const TABLE: [pattern: string, name: Route['name'] | '', load: ((part: string) => Page) | null, props?: string[], list?: boolean][] = [
  ['/', 'front', null, [], true],
  [`/l/${ID}`, 'listing', () => import('../listings/ListingPage.svelte'), ['id'], true],
  [`/l/${ID}/come(?:/([0-9T:-]{16}))?`, 'come', () => import('../visits/Come.svelte'), ['id', 'occurrence'], true],
  ['/plans', 'plans', () => import('../visits/Plans.svelte')],
  ['/groups', 'groups', () => import('../hosting/MyGroups.svelte')],
  [`/groups/(?:new|${ID})`, 'edit', () => import('../hosting/EditListing.svelte'), ['id']],
  [`/(door)/${ID}(?:/([0-9T:-]{16}))?`, 'groups', own, ['', 'id', 'occurrence']],
  ['/join', 'join', () => import('../joining/Join.svelte')],
  ['/you(?:/([a-z]+))?', 'you', own],
  ['/(act|recover|signin|privacy|complain|listening|guide|cards|helplines|nudges|sticker|poster|shops|note)', 'you', own],
  ['/(surgery|till|outbox|shop|about)', '', own],
  ['/card(?:(/print)(?:/([a-z]+))?)?', 'card', (part) => own(`card${part || '/'}`), ['', 'what']],
  [`/notices(?:/${ID})?`, 'you', (id) => own(id ? 'tapped' : 'inbox'), ['id']],
  [`/(buddies|ring|sheet|hostcard)(?:/${ID})?`, 'you', own, ['', 'id']],
  [`/invites(?:/${ID})?`, 'invites', (id) => own(id === 'new' ? 'invites/new' : id ? 'invites/one' : 'invites'), ['id']],
  [`/desk(?:/([a-z]{1,20})(?:/${ID})?)?`, 'desk', () => import('../desk/Desk.svelte'), ['part', 'which']],
  [`/concerns(?:/${ID})?`, 'concerns', () => import('../triage/Triage.svelte'), ['id']],
  ['.*', 'missing', () => own('missing')],
]

/** Answers for any path: what nobody knows is `missing`. */
export function route(path: string): Route {
  for (const [pattern, name, load, props = [], list = false] of TABLE) {
    const [whole, ...parts] = new RegExp(`^${pattern}$`).exec(path) ?? []
    const [first = ''] = parts
    if (whole !== undefined) {
      return { name: name || (first as Route['name']), list, props: Object.fromEntries(props.map((prop, at) => [prop, parts[at] ?? ''])), load: load && (() => load(first)) }
    }
  }
  throw new Error('the last line fits everything')
}
