/**
 * Measures the whole app in Chromium with the CPU slowed down four times, against a running server:
 *
 *     node bench/phone.mjs http://127.0.0.1:8399
 *
 * Prints one JSON line, in milliseconds:
 *
 * - firstListMs: from opening the address for the first time to the first listing on screen, which may be a part of
 *   the list, and says so. The app itself is loaded and started in it.
 * - wholeListMs: until all rows are applied, and the list is of all of them.
 * - searchMs: the slowest key of a search, from the key to the frame after its result, on a phone that has come
 *   to rest: how most keys are pressed, as words are made ready once and then kept.
 * - earlySearchMs: the same for the first key of somebody who types as soon as there is a list, while the rest is
 *   still being worked out; its result may grow.
 *
 * Medians of three runs; `best` has the least of each, which says more on a machine that does other work, too.
 */
import { chromium } from '@playwright/test'

const address = process.argv[2]
const RUNS = 3
const SLOWER = 4
const WORDS = ['lunch', 'walking']

/** In the page: from each input event to the frame after the list has changed. */
function watchKeys() {
  window.keys = []
  document.querySelector('input[type=search]').addEventListener('input', () => {
    const began = performance.now()
    const changed = new MutationObserver(() => {
      changed.disconnect()
      requestAnimationFrame(() => setTimeout(() => window.keys.push(performance.now() - began)))
    })
    changed.observe(document.querySelector('main'), { subtree: true, childList: true, characterData: true })
  }, { capture: true })
}

/** Resolves when the page's script has run for less than 20 ms in a second. That it answers at once isn't enough: what is done in idle moments is done in small pieces. */
async function rest(session) {
  const worked = async () => (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'ScriptDuration').value
  for (let before = await worked(), busy = true; busy; ) {
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    const now = await worked()
    busy = now - before >= 0.02
    before = now
  }
}

/** Types `word` into the empty search box; the milliseconds of each key. */
async function type(page, word) {
  const search = page.locator('input[type=search]')
  await search.fill('')
  const before = await page.evaluate(() => window.keys.length)
  for (const key of word) {
    const seen = await page.evaluate(() => window.keys.length)
    await search.press(key)
    await page.waitForFunction((n) => window.keys.length > n, seen, { timeout: 20_000 })
  }
  return page.evaluate((n) => window.keys.slice(n), before)
}

async function once(browser) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
  await session.send('Performance.enable')
  await page.addInitScript(() => {
    const seen = new MutationObserver(() => {
      if (!document.querySelector('main a[href^="/l/"]')) return
      if (!window.firstSeen) requestAnimationFrame(() => setTimeout(() => (window.firstMs = performance.now())))
      window.firstSeen = true
      if ([...document.querySelectorAll('main [role=status]')].some((one) => one.textContent.startsWith('Fetching'))) return
      seen.disconnect()
      requestAnimationFrame(() => setTimeout(() => (window.wholeMs = performance.now())))
    })
    seen.observe(document, { subtree: true, childList: true })
  })
  await page.goto(address)
  await page.waitForFunction(() => window.wholeMs > 0, undefined, { timeout: 60_000 })
  await page.evaluate(watchKeys)
  const earlySearchMs = (await type(page, WORDS[0]))[0]
  await page.locator('input[type=search]').fill('')
  await rest(session)
  const keys = []
  for (const word of WORDS) keys.push(...(await type(page, word)))
  const [firstListMs, wholeListMs] = await page.evaluate(() => [window.firstMs, window.wholeMs])
  await context.close()
  return { firstListMs, wholeListMs, searchMs: Math.max(...keys), earlySearchMs }
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
})
const runs = []
for (let run = 0; run < RUNS; run++) runs.push(await once(browser))
await browser.close()
const each = (of) => Object.fromEntries(Object.keys(runs[0]).map((name) => [name, Math.round(of(runs.map((run) => run[name])))]))
console.log(JSON.stringify({ ...each(median), best: each((numbers) => Math.min(...numbers)) }))
