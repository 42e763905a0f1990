/**
 * Opens the view above whatever page is there. Once it is closed, nothing of it is left in the page.
 */
import { mount, unmount } from 'svelte'
import { router } from '../ui/router.svelte'
import { Above } from './above'
import { device } from './device.svelte'
import type { Draft } from './plain'
import Quiet from './Quiet.svelte'

let isOpen = false
const above = new Above()

/** `begin`: what is known already, by whom it was opened for; nothing, as a rule. */
export function open(begin: Partial<Draft> = {}): void {
  if (isOpen) return
  isOpen = true
  device.begin()
  const view = mount(Quiet, {
    target: document.body,
    props: {
      above,
      begin,
      close(front: boolean) {
        if (!isOpen) return
        isOpen = false
        void unmount(view)
        // NB! In this order: What's on stands there at once, whatever the history takes.
        if (front) router.go('/', { replace: true })
        above.end(front ? '/' : '')
      },
    },
  })
}
