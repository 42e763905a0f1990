/**
 * Measures the whole app in Chromium with the CPU slowed down four times, against a running server:
 *
 *     node bench/phone.mjs http://127.0.0.1:8399
 *
 * Prints one JSON line {"firstSyncMs", "searchMs"}: from opening the address for the first time to the first
 * listing on screen, which comes once all rows are applied; and the slowest key of a search, from the key to
 * the frame after its result. Medians of three runs.
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

async function once(browser) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
  await page.goto(address)
  await page.waitForSelector('main a[href^="/l/"]', { timeout: 60_000 })
  const firstSyncMs = await page.evaluate(() => performance.now())
  await page.evaluate(watchKeys)
  const search = page.locator('input[type=search]')
  for (const word of WORDS) {
    await search.fill('')
    for (const key of word) {
      const seen = await page.evaluate(() => window.keys.length)
      await search.press(key)
      await page.waitForFunction((n) => window.keys.length > n, seen, { timeout: 20_000 })
    }
  }
  const searchMs = await page.evaluate(() => Math.max(...window.keys))
  await context.close()
  return { firstSyncMs, searchMs }
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
})
const runs = []
for (let run = 0; run < RUNS; run++) runs.push(await once(browser))
await browser.close()
console.log(JSON.stringify({ firstSyncMs: median(runs.map((r) => r.firstSyncMs)), searchMs: median(runs.map((r) => r.searchMs)) }))
