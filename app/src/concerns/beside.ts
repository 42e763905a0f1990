/**
 * What runs beside the screens once somebody is here: letters are brought, and what only their writer may see is shown.
 */
import { mount } from 'svelte'
import type { Kith } from '../sync'
import Aside from './Aside.svelte'
import { device } from './device.svelte'

let begun = false

/** Begins, under the app's own element; once is enough. */
export function begin(kith: Kith): void {
  if (begun) return
  begun = true
  const target = document.getElementById('app')!
  mount(Aside, { target, anchor: target.firstChild ?? undefined })
  device.begin()
  let { epoch } = kith
  device.heard(epoch)
  kith.subscribe((changed) => {
    if (!changed.has('@status') || kith.epoch === epoch) return
    epoch = kith.epoch
    device.heard(epoch)
  })
}
