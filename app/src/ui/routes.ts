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

const id = '([a-z0-9]{1,40})'

type Load = NonNullable<Route['load']>

const screen = (name: Route['name'], load: Load | null, props: Props = {}, list = false): Route => ({ name, list, props, load })

/** "You", the ways back, the card, the till, and what every page's foot leads to: one list of them, which comes later. */
const own = (part: string, name: Route['name'] = 'you', props: Props = {}): Route => screen(name, () => import('../you/pages').then(({ page }) => page(part)), props)

const invites = (load: Load, invite = ''): Route => screen('invites', load, { id: invite })

const TABLE: [pattern: RegExp, make: (parts: string[]) => Route][] = [
  [/^\/$/, () => screen('front', null, {}, true)],
  [new RegExp(`^/l/${id}$`), ([listing = '']) => screen('listing', () => import('../listings/ListingPage.svelte'), { id: listing }, true)],
  [new RegExp(`^/l/${id}/come(?:/([0-9T:-]{16}))?$`), ([listing = '', occurrence = '']) => screen('come', () => import('../visits/Come.svelte'), { id: listing, occurrence }, true)],
  [/^\/plans$/, () => screen('plans', () => import('../visits/Plans.svelte'))],
  [/^\/groups$/, () => screen('groups', () => import('../hosting/MyGroups.svelte'))],
  [new RegExp(`^/groups/(new|${id})$`), ([which = '']) => screen('edit', () => import('../hosting/EditListing.svelte'), { id: which === 'new' ? '' : which })],
  [/^\/join$/, () => screen('join', () => import('../joining/Join.svelte'))],
  [/^\/you(?:\/([a-z]+))?$/, ([part = '']) => own(part)],
  [/^\/(act|recover|signin|privacy|complain|listening|guide|cards|helplines|nudges|sticker|poster|shops|note)$/, ([part = '']) => own(part)],
  [/^\/(surgery|till)$/, ([part = '']) => own(part, part as Route['name'])],
  [/^\/card(?:\/(print)(?:\/([a-z]+))?)?$/, ([part = '', what = '']) => own(`card/${part}`, 'card', { what })],
  [/^\/outbox$/, () => screen('outbox', () => import('../sent/Outbox.svelte'))],
  [/^\/invites$/, () => invites(() => import('../invites/Invites.svelte'))],
  [/^\/invites\/new$/, () => invites(() => import('../invites/MakeInvite.svelte'))],
  [new RegExp(`^/invites/${id}$`), ([invite = '']) => invites(() => import('../invites/OneInvite.svelte'), invite)],
  [new RegExp(`^/desk(?:/([a-z]{1,20})(?:/${id})?)?$`), ([part = '', which = '']) => screen('desk', () => import('../desk/Desk.svelte'), { part, which })],
  [new RegExp(`^/concerns(?:/${id})?$`), ([which = '']) => screen('concerns', () => import('../triage/Triage.svelte'), { id: which })],
  [/^\/shop$/, () => screen('shop', () => import('../shop/Shop.svelte'))],
  [/^\/about$/, () => screen('about', () => import('../about/About.svelte'))],
]

/** Answers for any path: what nobody knows is `missing`. */
export function route(path: string): Route {
  for (const [pattern, make] of TABLE) {
    const found = pattern.exec(path)
    if (found) return make(found.slice(1).map((part) => part ?? ''))
  }
  return screen('missing', () => import('./Missing.svelte'))
}
