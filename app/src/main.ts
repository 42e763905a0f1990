import './styles/order.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/print.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { watchCleared } from './device/cleared'
import { register } from './sw/bridge'
import { Kith } from './sync'
import { isShared } from './turns/mark'
import { app } from './ui/app.svelte'
import { router } from './ui/router.svelte'

// NB! Nothing may be awaited at the top of this module: files that come later import it, and would wait for it while
// it waits for them.
async function start(): Promise<void> {
  const target = document.getElementById('app') as HTMLElement
  const turn = isShared() ? await (await import('./turns/begin')).begin(target) : null
  const kith = await Kith.open(turn ? { name: turn.name, key: turn.key } : {})
  app.open(kith)
  if (turn) app.turn = turn.hold(kith)
  else app.cleared = watchCleared(kith)
  router.start()
  mount(App, { target })
  if (import.meta.env.PROD) app.bridge = await register(() => (app.updateReady = true))
}

void start()
