import './styles/order.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/print.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { register } from './sw/bridge'
import { Kith } from './sync'
import { app } from './ui/app.svelte'
import { router } from './ui/router.svelte'

// NB! Nothing may be awaited at the top of this module: files that come later import it, and would wait for it while
// it waits for them.
async function start(): Promise<void> {
  app.open(await Kith.open())
  router.start()
  mount(App, { target: document.getElementById('app') as HTMLElement })
  if (import.meta.env.PROD) app.bridge = await register(() => (app.updateReady = true))
}

void start()
