/**
 * What the app does by itself for whoever has joined: it brings letters and a till's records to the server, renews a card
 * that runs out, forgets codes that open nothing any more and what was half typed a month ago, and takes two taps for one. Comes in a file of its own, after the first screen.
 */
import { begin as beginLetters } from '../concerns/beside'
import { renewCards } from '../card/renew'
import type { Kith } from '../sync'
import { forgetOld } from './draft'
import { watchTaps } from './taps'

const served = new WeakSet<Kith>()

/** Begins, once for each store; letters are looked for whenever it is asked. */
export function serve(kith: Kith): void {
  beginLetters(kith)
  if (served.has(kith)) return
  served.add(kith)
  watchTaps()
  const ignored = () => undefined
  const invites = () => {
    // A code that opens nothing any more need not stay on this phone.
    if (kith.local.get('invites/codes')) void import('../invites/kept').then(({ forgetSpent }) => forgetSpent(kith, Date.now())).catch(ignored)
  }
  const cards = () => void renewCards(kith, Date.now()).catch(ignored)
  const told = () => void import('../notices/beside').then(({ closeRead }) => closeRead(kith)).catch(ignored)
  // Asked for once, it goes on by itself; nobody else loads anything of it.
  if (kith.local.get('push')) void import('../notices/keeping').then(({ keep }) => keep(kith)).catch(ignored)
  const till = () => {
    if (kith.me?.roles.some((role) => role === 'owner' || role === 'staff')) void import('../till/beside').then(({ begin }) => begin(kith)).catch(ignored)
  }
  kith.subscribe((changed) => {
    if (changed.has('invites')) invites()
    if (changed.has('cards')) cards()
    if (changed.has('notices')) told()
    if (changed.has('@outbox')) settle(kith)
    if (changed.has('@me')) till()
  })
  void forgetOld(kith.local, Date.now()).catch(ignored)
  invites()
  cards()
  told()
  till()
  settle(kith)
}

/** That it was there already, or done on another phone, is what its person wanted. Of registers the door knows what is news. */
function settle(kith: Kith): void {
  const merged = kith.outbox().filter(({ state }) => state === 'merged')
  for (const { name, nonce } of merged) if (/^(cards|buddies|pairings|calls|hostCards)\./.test(name)) void kith.dismiss(nonce)
  if (merged.some(({ name }) => /^(registers|regulars)\./.test(name))) void import('../door/answers').then(({ settle }) => settle(kith)).catch(() => undefined)
}
