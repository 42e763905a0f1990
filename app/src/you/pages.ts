/** The pages of "You", of the ways back, of the card, and what else no first visit needs, by the part of their address. Each comes in a file of its own. */
import type { Component } from 'svelte'

type Load = () => Promise<{ default: Component<any> }>

const PAGES: Record<string, Load> = {
  '': () => import('./You.svelte'),
  devices: () => import('./Devices.svelte'),
  card: () => import('./Card.svelte'),
  email: () => import('./Email.svelte'),
  known: () => import('./Known.svelte'),
  goodbye: () => import('./Goodbye.svelte'),
  blocks: () => import('./Blocks.svelte'),
  report: () => import('./Report.svelte'),
  notices: () => import('../notices/Choices.svelte'),
  inbox: () => import('../notices/Inbox.svelte'),
  tapped: () => import('../notices/Tapped.svelte'),
  buddies: () => import('../buddies/Buddies.svelte'),
  ring: () => import('../buddies/Ring.svelte'),
  sheet: () => import('../buddies/Sheet.svelte'),
  hostcard: () => import('../hosting/HostCard.svelte'),
  helpers: () => import('../acting/Helpers.svelte'),
  helping: () => import('../acting/Helping.svelte'),
  person: () => import('../acting/NewPerson.svelte'),
  act: () => import('../acting/Accept.svelte'),
  recover: () => import('../joining/Recover.svelte'),
  signin: () => import('../joining/SignIn.svelte'),
  privacy: () => import('../about/Privacy.svelte'),
  listening: () => import('../listening/Listening.svelte'),
  guide: () => import('../listening/Guide.svelte'),
  cards: () => import('../listening/Cards.svelte'),
  helplines: () => import('../listening/Helplines.svelte'),
  nudges: () => import('../listening/Nudges.svelte'),
  sticker: () => import('../listening/Sticker.svelte'),
  poster: () => import('../shop/Poster.svelte'),
  shops: () => import('../shop/Shops.svelte'),
  surgery: () => import('../surgery/Surgery.svelte'),
  note: () => import('../surgery/Write.svelte'),
  'card/': () => import('../card/Card.svelte'),
  'card/print': () => import('../card/print/Print.svelte'),
  till: () => import('../till/Till.svelte'),
  door: () => import('../door/Door.svelte'),
  about: () => import('../about/About.svelte'),
  complain: () => import('../about/Complain.svelte'),
  invites: () => import('../invites/Invites.svelte'),
  'invites/new': () => import('../invites/MakeInvite.svelte'),
  'invites/one': () => import('../invites/OneInvite.svelte'),
  outbox: () => import('../sent/Outbox.svelte'),
  shop: () => import('../shop/Shop.svelte'),
}

/** The page of that name; the one that says there is none for any other. */
export const page = (name: string): ReturnType<Load> => (Object.hasOwn(PAGES, name) ? PAGES[name]!() : import('../ui/Missing.svelte'))
