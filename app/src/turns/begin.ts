/**
 * A turn on a shared device: it begins with a PIN, and when it ends the page is loaded anew, so that nothing of the
 * person stays in memory.
 */
import { mount, unmount, type Component } from 'svelte'
import { device } from '../concerns/device.svelte'
import { browserEnv } from '../sync/env'
import { newNonce } from '../sync/ids'
import '../sync/left' // NB! kith.left() waits for it, and a turn may end with no signal
import type { Kith } from '../sync'
import { router } from '../ui/router.svelte'
import Bar from './Bar.svelte'
import { bring } from './bringing'
import { arrive, Hidden } from './hidden'
import { Idle, IDLE_MS } from './idle'
import { doLast } from './last'
import { sealLeft } from './sealing'
import { Slots, storeName } from './slots'
import Who from './Who.svelte'

/** The turn as screens know it. */
export interface Turn {
  Bar: Component
  /** Locks: seals what waits, and shows who is here. The page is loaded anew. */
  end(): Promise<void>
  /** Takes this person off the device for good. The page is loaded anew, and says how it went. */
  remove(): Promise<void>
}

/** What a PIN has opened. */
export interface Opened {
  slot: string
  key: Uint8Array
}

const BRING_MS = 20_000
const CHANNEL = 'kith turns'

/** Asks who it is. Resolves once a PIN was right. */
export async function begin(target: HTMLElement): Promise<{ name: string; key: Uint8Array; hold: (kith: Kith) => Turn }> {
  const { asked, hash } = arrive()
  const since = Date.now()
  const slots = await Slots.open()
  const env = browserEnv()
  device.begin()
  const bringing = () => void bring(env, slots).catch(() => 0)
  bringing()
  setInterval(bringing, BRING_MS)
  addEventListener('online', bringing)
  const { slot, key } = await new Promise<Opened>((opened) => {
    const who = mount(Who, { target, props: { slots, hash, opened: (one: Opened) => void unmount(who).then(() => opened(one)) } })
  })
  // Who opened that page and went away again isn't who is here now.
  const pages = new Hidden(Date.now() - since < IDLE_MS ? asked : '/')
  return { name: storeName(slot), key, hold: (kith) => hold(slots, slot, kith, pages) }
}

function hold(slots: Slots, slot: string, kith: Kith, pages: Hidden): Turn {
  router.hidden = pages
  const channel = new BroadcastChannel(CHANNEL)
  let over = false
  /** Ends what is seen and what is open, once. */
  const close = async (work: () => Promise<string>) => {
    if (over) return
    over = true
    document.getElementById('app')!.hidden = true
    await doLast()
    const hash = await work().catch(() => '')
    kith.close()
    channel.postMessage('over')
    await pages.leave()
    history.replaceState(null, '', `/${hash}`)
    location.reload()
  }
  const sealWaiting = async () => {
    const left = await kith.left()
    // Without a way to seal, what was sealed before stays: it is the best there is.
    if (left || kith.status.pending === 0) await slots.keep(slot, newNonce(), left ? await sealLeft(left) : [])
  }
  const end = () => close(async () => (await sealWaiting(), ''))
  const remove = async () => {
    await doLast()
    await kith.push()
    await close(async () => {
      await sealWaiting()
      kith.close()
      channel.postMessage('over')
      return (await slots.remove(slot)) ? '#removed' : '#not-removed'
    })
  }

  // One turn at a time: whoever begins one ends the others, in whichever tab.
  channel.onmessage = () => void end()
  channel.postMessage('begun')
  new Idle(() => void end()).watch()
  keepNothingTyped()
  const named = () => kith.me && void slots.name(slot, kith.me.firstName, kith.me.roles.filter((role) => role !== 'resident')[0] ?? '')
  kith.subscribe((changed) => changed.has('@me') && named())
  named()
  return { Bar, end, remove }
}

/** A browser keeps what is typed, for its own "restore" and "fill in", unless the field says no. */
function keepNothingTyped(): void {
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) target.autocomplete = 'off'
  })
}
