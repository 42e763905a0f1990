/** The pages of one circle, by the part of their address. Each comes in a file of its own. */
import type { Component } from 'svelte'

type Load = () => Promise<{ default: Component<any> }>

const PAGES: Record<string, Load> = {
  '': () => import('./Circle.svelte'),
  people: () => import('./People.svelte'),
  invite: () => import('./Invite.svelte'),
  edit: () => import('./Edit.svelte'),
  slot: () => import('./SlotForm.svelte'),
  home: () => import('./home/Home.svelte'),
  paper: () => import('./paper/Papers.svelte'),
}

/** All circles without an `id`; `new`: the start of one; or a page of one. */
export function page(id = '', part = '', _which = '', occurrence = ''): ReturnType<Load> {
  if (id === '') return import('./Circles.svelte')
  if (id === 'new') return import('./Start.svelte')
  if (part === 'slot' && occurrence) return import('./Once.svelte')
  return Object.hasOwn(PAGES, part) ? PAGES[part]!() : import('../ui/Missing.svelte')
}
