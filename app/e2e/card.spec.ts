import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import { bytesOf, unpack, type Unpacked } from '../src/card/bytes'
import { check } from '../src/card/check'
import { setOf, type CardSet } from '../src/card/tokens'
import { card as said } from '../src/words/card'
import { doubleText, stickingOut, violations } from './look'
import { claim, claimUntil } from './paper'
import { expect, joinAs, kept, otherPhone, test, type Town } from './town'

prepareZXingModule({ overrides: { wasmBinary: readFileSync(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')).buffer as ArrayBuffer } })

/** What the square code in a drawing says: its modules are read off the page, and then as a camera would. */
async function digitsOf(code: Locator): Promise<string> {
  const { size, path } = await code.evaluate((svg) => ({ size: Number(svg.getAttribute('viewBox')!.split(' ')[2]), path: svg.querySelector('path')!.getAttribute('d')! }))
  const scale = 4
  const width = size * scale
  const data = new Uint8ClampedArray(width * width * 4).fill(255)
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    for (let row = 0; row < scale; row++) {
      for (let column = 0; column < scale; column++) data.fill(0, ((Number(y) * scale + row) * width + Number(x) * scale + column) * 4, ((Number(y) * scale + row) * width + Number(x) * scale + column) * 4 + 3)
    }
  }
  const [found] = await readBarcodes({ data, width, height: width, colorSpace: 'srgb' } as ImageData, { formats: ['QRCode'] })
  return found?.text ?? ''
}

const code = (page: Page) => page.getByRole('img', { name: /^The square code of your card/ })
const cardOf = (digits: string) => unpack(bytesOf(digits)!) as Unpacked

/** The public halves of the keys, as everybody gets them. */
async function keysOf(town: Town): Promise<CardSet> {
  const text = await (await fetch(`${town.url}/api/sync/public/-/0/0`)).text()
  for (const line of text.split('\n')) {
    const row = line.includes('"communities"') ? JSON.parse(line).row : undefined
    if (row) return setOf(row[2], row[4].cardKeys)
  }
  throw new Error('there is no community')
}

/** What a till that knows nothing else would say now. */
const verdict = async (town: Town, digits: string) => (await check(await keysOf(town), {}, digits, Date.now())).code

async function getCard(page: Page, town: Town): Promise<void> {
  await joinAs(page, town, 'resident')
  await page.getByRole('link', { name: 'My card' }).click()
  await page.getByRole('button', { name: 'Get my card' }).click()
  await expect(code(page)).toBeVisible()
}

test('a card is one tap away, works at a till, and is another every time it is shown, also with no signal', async ({ page, context, town }) => {
  await getCard(page, town)
  const first = await digitsOf(code(page))
  expect(await verdict(town, first)).toBe('ok')
  expect(cardOf(first).card.key).not.toBeNull()

  await kept(page)
  await context.setOffline(true)
  await page.reload()
  await expect(code(page)).toBeVisible()
  const second = await digitsOf(code(page))
  expect(await verdict(town, second)).toBe('ok')
  expect(cardOf(second).card.sub).toBe(cardOf(first).card.sub)
  expect(cardOf(second).proof!.nonce, 'the same card, and not the same code').not.toBe(cardOf(first).proof!.nonce)

  // Every 15 seconds while it is shown.
  await page.clock.install()
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await expect.poll(() => digitsOf(code(page))).not.toBe(second)
  const third = await digitsOf(code(page))
  await page.clock.runFor(15_000)
  await expect.poll(() => digitsOf(code(page))).not.toBe(third)
})

test('a card that was asked for with no signal comes with the signal', async ({ page, context, town }) => {
  await joinAs(page, town, 'resident')
  await page.goto(`${town.url}/card`)
  await page.getByRole('button', { name: 'Get my card' }).waitFor()
  await kept(page)
  await context.setOffline(true)
  await page.getByRole('button', { name: 'Get my card' }).click()
  await expect(page.getByText('It’s made as soon as this phone has signal.', { exact: false })).toBeVisible()
  await context.setOffline(false)
  await expect(code(page)).toBeVisible()
  expect(await verdict(town, await digitsOf(code(page)))).toBe('ok')
})

test('stamps of a card on paper become one’s own, are swapped for a voucher, shown with the card, and given back', async ({ page, town }) => {
  await getCard(page, town)
  await claim(page, 'nonsense!')
  await expect(page.getByText('A code has eight letters and numbers')).toBeVisible()
  const before = await claimUntil(page, 6, 4)
  const balance = page.getByRole('heading', { name: /^(No|\d+) stamps?( yet)?$/ })
  await expect(page.getByRole('region', { name: 'Your visits' }).getByRole('listitem').first()).toBeVisible()

  await page.getByRole('button', { name: /^Get the voucher ?: A pot of tea for two$/ }).click()
  await page.getByRole('button', { name: 'Yes, swap them' }).click()
  await expect(balance).toHaveText(said.balance(before - 6))
  await page.getByRole('button', { name: /^Show it ?: A pot of tea for two$/ }).click()
  const shown = page.getByRole('dialog').getByRole('img', { name: /with the voucher: A pot of tea for two$/ })
  await expect(shown).toBeVisible()
  const digits = await digitsOf(shown)
  expect(cardOf(digits).voucher!.sub, 'it goes with this card').toBe(cardOf(digits).card.sub)
  expect(await verdict(town, digits)).toBe('ok')
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: /^Give it back ?: A pot of tea for two$/ }).click()
  await page.getByRole('button', { name: 'Yes, give it back' }).click()
  await expect(balance).toHaveText(said.balance(before))
  await expect(page.getByText('Vouchers from before')).toBeVisible()
})

test('a lost card works no more, keeps its stamps, and is another card after', async ({ page, town }) => {
  await getCard(page, town)
  const before = cardOf(await digitsOf(code(page)))
  await page.getByRole('button', { name: /^Report it lost ?: The card on this phone$/ }).click()
  await page.getByRole('button', { name: 'Yes, it’s lost' }).click()
  await expect(page.getByRole('heading', { name: 'This card was reported lost' })).toBeVisible()
  await page.getByRole('button', { name: 'Get a new one' }).click()
  await expect(code(page)).toBeVisible()
  const after = cardOf(await digitsOf(code(page)))
  expect(after.card.sub).not.toBe(before.card.sub)
  expect(after.card.key, 'and its key with it').not.toEqual(before.card.key)
})

test('a second phone has a card of its own', async ({ page, browser, town }) => {
  await getCard(page, town)
  const first = cardOf(await digitsOf(code(page)))
  const other = await otherPhone(browser)
  await joinAs(other.page, town, 'resident')
  await other.page.goto(`${town.url}/card`)
  await other.page.getByRole('button', { name: /^Get (a card here, too|my card)$/ }).click()
  await expect(code(other.page)).toBeVisible()
  expect(cardOf(await digitsOf(code(other.page))).card.key).not.toEqual(first.card.key)
})

test('a card is printed for somebody whom nobody knows yet, without a name, and becomes theirs by its code', async ({ page, browser, town }) => {
  const host = await otherPhone(browser)
  await joinAs(host.page, town, 'activator')
  await host.page.goto(`${town.url}/card/print`)
  await host.page.getByRole('radio', { name: /^Somebody’s whom we don’t know yet/ }).check()
  await host.page.getByRole('button', { name: 'Make a card to print' }).click()
  await expect(host.page.getByText('The card is ready to print.')).toBeVisible()
  const sheet = host.page.getByRole('img', { name: /^A card to cut out and fold/ })
  const digits = await digitsOf(sheet.locator('svg'))
  expect(cardOf(digits)).toMatchObject({ card: { key: null }, proof: null })
  expect(await verdict(town, digits)).toBe('ok')
  const typed = /letters ([0-9A-Z]{4}-[0-9A-Z]{4})/.exec((await sheet.getAttribute('aria-label'))!)![1]!

  await getCard(page, town)
  await claim(page, typed.toLowerCase())
  await expect(page.getByText(`Its code is ${typed}.`)).toBeVisible()
  await expect(page.getByText('There is no card with this code')).toHaveCount(0)
  // It is one sheet of paper, and only that.
  const pdf = (await host.page.pdf({ preferCSSPageSize: true })).toString('latin1')
  expect(/\/Count (\d+)/.exec(pdf)?.[1]).toBe('1')
})

/** Every file of a folder, by its bytes. */
function bytesIn(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile())
  return files.map((file) => join(file.parentPath ?? file.path, file.name)).sort().map((path) => `${path} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`).join('\n')
}

/** All that a browser keeps for this site, and where the page says it is. */
function keptIn(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const found: unknown[] = [location.href, history.length, JSON.stringify({ ...history.state, y: 'where somebody has scrolled to is kept, and has nothing to do with it' }), document.title, document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage)]
    for (const { name } of await indexedDB.databases()) {
      const db = await new Promise<IDBDatabase>((open) => {
        const asked = indexedDB.open(name!)
        asked.onsuccess = () => open(asked.result)
      })
      for (const store of db.objectStoreNames) {
        const all = (what: 'getAll' | 'getAllKeys') => new Promise<any[]>((read) => {
          const asked = db.transaction(store).objectStore(store)[what]()
          asked.onsuccess = () => read(asked.result)
        })
        const plain = (_key: string, value: unknown) => (ArrayBuffer.isView(value) ? Array.from(value as Uint8Array) : value)
        found.push(name, store, JSON.stringify(await all('getAllKeys'), plain), JSON.stringify(await all('getAll'), plain))
      }
      db.close()
    }
    for (const cache of await caches.keys()) found.push(cache, (await (await caches.open(cache)).keys()).map(({ url }) => url))
    return JSON.stringify(found)
  })
}

test('“Happy to chat” is on one’s own screen and nowhere else: wire, storage and database don’t change by a byte', async ({ page, context, town }) => {
  await getCard(page, town)
  await kept(page)
  // Whatever was under way has ended, and what the server does by itself, at the beginning of a minute, is far.
  let last = ''
  await expect.poll(async () => {
    const now = bytesIn(town.folder) + (await keptIn(page))
    const still = now === last && new Date().getSeconds() < 40
    last = now
    return still
  }, { intervals: [1000], timeout: 60_000 }).toBe(true)
  const wire: string[] = []
  context.on('request', (request) => wire.push(request.url()))
  page.on('websocket', (socket) => wire.push(socket.url()))

  await page.getByRole('button', { name: 'Put up “Happy to chat”' }).click()
  await expect(page.getByRole('dialog', { name: 'Happy to chat' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByText(/^“Happy to chat” is up until/)).toBeVisible()
  await expect(page.locator('.face .chat')).toHaveText('Happy to chat')
  expect(JSON.parse(await keptIn(page)), 'what the browser keeps').toEqual(JSON.parse(last.slice(last.indexOf('["http'))))
  expect(bytesIn(town.folder), 'what the server keeps').toBe(last.slice(0, last.indexOf('["http')))
  expect(wire).toEqual([])

  await page.reload()
  await expect(code(page)).toBeVisible()
  await expect(page.locator('.face .chat'), 'a page that is opened anew knows nothing of it').toHaveCount(0)
})

test('“Happy to chat” comes down by itself after two hours', async ({ page, town }) => {
  await getCard(page, town)
  await page.clock.install()
  await page.getByRole('button', { name: 'Put up “Happy to chat”' }).click()
  await page.keyboard.press('Escape')
  await page.clock.fastForward('01:59:00')
  await expect(page.locator('.face .chat')).toBeVisible()
  await page.clock.fastForward('00:01:01')
  await expect(page.locator('.face .chat')).toHaveCount(0)
})

test('the card and what is printed are for everybody: axe, narrow screens, letters twice as big', async ({ page, town }) => {
  await page.goto(`${town.url}/card`)
  await expect(page.getByText('The card comes with joining.', { exact: false })).toBeVisible()
  await getCard(page, town)
  await page.getByRole('button', { name: 'Put up “Happy to chat”' }).click()
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Escape')
  for (const path of ['/card', '/card/print', '/card/print/sleeve', '/card/print/tent', '/card/print/badge', '/card/print/starters', '/card/print/voucher']) {
    await page.goto(town.url + path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.getByText('One moment…').waitFor({ state: 'detached' })
    if (path === '/card') await code(page).waitFor()
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await violations(page, colorScheme === 'light' ? 'all' : 'colours'), `${path} ${colorScheme}`).toEqual([])
    }
    await page.setViewportSize({ width: 320, height: 700 })
    expect(await stickingOut(page), `${path} at 320`).toEqual([])
    await doubleText(page)
    expect(await stickingOut(page), `${path} with large letters`).toEqual([])
    await doubleText(page, false)
    await page.setViewportSize({ width: 390, height: 844 })
  }
})
