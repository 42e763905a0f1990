/**
 * Which screen an address shows. Screens but the front come in files of their own, fetched when they are
 * needed and kept by the worker.
 */
import type { Component } from 'svelte'

type Props = Record<string, string>

export interface Route {
  name: 'front' | 'listing' | 'come' | 'plans' | 'groups' | 'edit' | 'join' | 'outbox' | 'about' | 'invites' | 'desk' | 'shop' | 'concerns' | 'surgery' | 'you' | 'till' | 'card' | 'circles' | 'missing'
  /** The list of what's on stands beside it on a wide screen. */
  list: boolean
  props: Props
  /** The front needs none: it is the list. */
  load: (() => Promise<{ default: Component<any> }>) | null
}

type Page = Promise<{ default: Component<any> }>

const ID = '([a-z0-9]{1,40})'

/** "You", the ways back, the card, the till, and what every page's foot leads to: one list of them, which comes later. */
const own = (...parts: string[]): Page => import('../you/pages').then(({ page }) => page(...parts))

/**
 * A whole path, and the page it shows; `load` is told the parts in brackets. `props`: what the parts are called
 * there. `list`: see Route. A name of '' is that first part.
 */
const TABLE: [pattern: string, name: Route['name'] | '', load: ((...parts: string[]) => Page) | null, props?: string[], list?: boolean][] = [
  ['/', 'front', null, [], true],
  [`/l/${ID}`, 'listing', () => import('../listings/ListingPage.svelte'), ['id'], true],
  [`/l/${ID}/come(?:/([0-9T:-]{16}))?`, 'come', () => own('come'), ['id', 'occurrence'], true],
  [`/groups/(?:new|${ID})`, 'edit', () => own('edit'), ['id']],
  [`/(door)/${ID}(?:/([0-9T:-]{16}))?`, 'groups', own, ['', 'id', 'occurrence']],
  ['/you(?:/([a-z]+))?', 'you', own],
  ['/(act|recover|signin|privacy|complain|listening|guide|cards|helplines|nudges|sticker|poster|shops|note)', 'you', own],
  ['/(join|plans|groups|surgery|till|shop|outbox|about)', '', own],
  ['/card(?:(/print)(?:/([a-z]+))?)?', 'card', (part = '') => own(`card${part || '/'}`), ['', 'what']],
  [`/notices(?:/${ID})?`, 'you', (id) => own(id ? 'tapped' : 'inbox'), ['id']],
  [`/(buddies|ring|sheet|hostcard)(?:/${ID})?`, 'you', own, ['', 'id']],
  [`/(circles|asks|day)(?:/${ID}(?:/([a-z]+)(?:/${ID}(?:/([0-9T:-]{16}))?)?)?)?`, 'circles', own, ['', 'id', 'part', 'which', 'occurrence']],
  [`/(invites|concerns)(?:/${ID})?`, '', own, ['', 'id']],
  [`/(desk)(?:/([a-z]{1,20})(?:/${ID})?)?`, '', own, ['', 'part', 'which']],
  ['.*', 'missing', () => own('missing')],
]

/** Answers for any path: what nobody knows is `missing`. */
export function route(path: string): Route {
  for (const [pattern, name, load, props = [], list = false] of TABLE) {
    const [whole, ...parts] = new RegExp(`^${pattern}$`).exec(path) ?? []
    if (whole !== undefined) {
      const said = parts.map((part) => part ?? '')
      return { name: name || (said[0] as Route['name']), list, props: Object.fromEntries(props.map((prop, at) => [prop, said[at] ?? ''])), load: load && (() => load(...said)) }
    }
  }
  throw new Error('the last line fits everything')
}
