import './styles/order.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/print.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { watchCleared } from './device/cleared'
import { register } from './sw/bridge'
import { Kith } from './sync'
import { leisure } from './sync/pause'
import { followMark, isShared } from './turns/mark'
import { app } from './ui/app.svelte'
import { router } from './ui/router.svelte'

// NB! Nothing may be awaited at the top of this module: files that come later import it, and would wait for it while
// it waits for them.
async function start(): Promise<void> {
  const target = document.getElementById('app') as HTMLElement
  followMark()
  const turn = (await isShared()) ? await (await import('./turns/begin')).begin(target) : null
  const kith = await Kith.open(turn ? { name: turn.name, key: turn.key } : {})
  app.open(kith)
  if (turn) app.turn = turn.hold(kith)
  else app.cleared = watchCleared(kith)
  router.start()
  mount(App, { target })
  void beside(kith)
  if (!import.meta.env.PROD) return
  await somethingToRead(kith)
  app.bridge = await register(() => (app.updateReady = true))
}

/** Longest that the worker waits for the first rows: perhaps there are none. */
const FIRST_ROWS_MS = 5_000

/** The worker fetches the whole app: on a first visit that waits until the first rows are drawn. On any other they are there. */
async function somethingToRead(kith: Kith): Promise<void> {
  await new Promise<void>((there) => {
    const look = () => kith.rows('listings').size > 0 && (stop(), there())
    const stop = kith.subscribe(look)
    setTimeout(there, FIRST_ROWS_MS)
    look()
  })
  await leisure()
}

/** What only somebody who has joined needs beside the screens; and letters that wait here, whoever left them. */
async function beside(kith: Kith): Promise<void> {
  const begin = () => void import('./ui/serving').then(({ serve }) => serve(kith), () => undefined)
  kith.subscribe((changed) => changed.has('@me') && kith.me && begin())
  if (kith.me || (await indexedDB.databases?.())?.some(({ name }) => name === 'kith letters')) begin()
}

void start()
