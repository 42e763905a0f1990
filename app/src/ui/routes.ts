/**
 * Which screen an address shows. Screens but the front come in files of their own, fetched when they are
 * needed and kept by the worker.
 */
import type { Component } from 'svelte'

export interface Route {
  name: 'front' | 'listing' | 'come' | 'plans' | 'groups' | 'edit' | 'join' | 'outbox' | 'about' | 'invites' | 'desk' | 'shop' | 'concerns' | 'surgery' | 'you' | 'till' | 'missing'
  /** The list of what's on stands beside it on a wide screen. */
  list: boolean
  props: Record<string, string>
  /** The front needs none: it is the list. */
  load: (() => Promise<{ default: Component<any> }>) | null
}

const id = '([a-z0-9]{1,40})'

/** "You", the ways back, and what every page's foot leads to. */
const own = (part: string): Route => ({ name: part === 'surgery' ? part : 'you', list: false, props: {}, load: () => import('../you/pages').then(({ page }) => page(part)) })

const TABLE: [pattern: RegExp, make: (parts: string[]) => Route][] = [
  [/^\/$/, () => ({ name: 'front', list: true, props: {}, load: null })],
  [new RegExp(`^/l/${id}$`), ([listing = '']) => ({ name: 'listing', list: true, props: { id: listing }, load: () => import('../listings/ListingPage.svelte') })],
  [new RegExp(`^/l/${id}/come(?:/([0-9T:-]{16}))?$`), ([listing = '', occurrence = '']) => ({ name: 'come', list: true, props: { id: listing, occurrence }, load: () => import('../visits/Come.svelte') })],
  [/^\/plans$/, () => ({ name: 'plans', list: false, props: {}, load: () => import('../visits/Plans.svelte') })],
  [/^\/groups$/, () => ({ name: 'groups', list: false, props: {}, load: () => import('../hosting/MyGroups.svelte') })],
  [new RegExp(`^/groups/(new|${id})$`), ([which = '']) => ({ name: 'edit', list: false, props: { id: which === 'new' ? '' : which }, load: () => import('../hosting/EditListing.svelte') })],
  [/^\/join$/, () => ({ name: 'join', list: false, props: {}, load: () => import('../joining/Join.svelte') })],
  [/^\/you(?:\/([a-z]+))?$/, ([part = '']) => own(part)],
  [/^\/(act|recover|signin|privacy|complain|listening|guide|cards|helplines|nudges|sticker|poster|shops|surgery|note)$/, ([part = '']) => own(part)],
  [/^\/outbox$/, () => ({ name: 'outbox', list: false, props: {}, load: () => import('../sent/Outbox.svelte') })],
  [/^\/invites$/, () => ({ name: 'invites', list: false, props: {}, load: () => import('../invites/Invites.svelte') })],
  [/^\/invites\/new$/, () => ({ name: 'invites', list: false, props: {}, load: () => import('../invites/MakeInvite.svelte') })],
  [new RegExp(`^/invites/${id}$`), ([invite = '']) => ({ name: 'invites', list: false, props: { id: invite }, load: () => import('../invites/OneInvite.svelte') })],
  [new RegExp(`^/desk(?:/([a-z]{1,20})(?:/${id})?)?$`), ([part = '', which = '']) => ({ name: 'desk', list: false, props: { part, which }, load: () => import('../desk/Desk.svelte') })],
  [new RegExp(`^/concerns(?:/${id})?$`), ([which = '']) => ({ name: 'concerns', list: false, props: { id: which }, load: () => import('../triage/Triage.svelte') })],
  [/^\/till$/, () => ({ name: 'till', list: false, props: {}, load: () => import('../till/Till.svelte') })],
  [/^\/shop$/, () => ({ name: 'shop', list: false, props: {}, load: () => import('../shop/Shop.svelte') })],
  [/^\/about$/, () => ({ name: 'about', list: false, props: {}, load: () => import('../about/About.svelte') })],
]

/** Answers for any path: what nobody knows is `missing`. */
export function route(path: string): Route {
  for (const [pattern, make] of TABLE) {
    const found = pattern.exec(path)
    if (found) return make(found.slice(1).map((part) => part ?? ''))
  }
  return { name: 'missing', list: false, props: {}, load: () => import('./Missing.svelte') }
}
