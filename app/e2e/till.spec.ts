/**
 * The card and the till, as they meet: two browsers, and a camera between them. The server is off while it matters.
 */
import type { BrowserContext, Page } from '@playwright/test'
import { rmSync } from 'node:fs'
import { digitsOf } from '../src/card/bytes'
import { LiveFilm, sheet, withCamera } from './film'
import { doubleText, stickingOut, violations } from './look'
import { claimUntil } from './paper'
import { addMe, endTurn, go, joinHere, shareIt, tablet } from './tablet'
import { expect, joinAs, joinWith, kept, openFront, otherPhone, test, type Town } from './town'

const PHONE = { viewport: { width: 390, height: 844 }, locale: 'en-GB', timezoneId: 'Europe/London' }
const MINUTE = 60_000
const SQUARE = 'The square code of your card'

test.describe.configure({ timeout: 300_000 })

/** A till whose camera sees `film`, in the shop of the demo's owner. */
async function openTill(town: Town, film: LiveFilm): Promise<{ page: Page; context: BrowserContext; close: () => Promise<void> }> {
  const browser = await withCamera(film.file)
  const context = await browser.newContext({ ...PHONE, permissions: ['camera'] })
  const page = await context.newPage()
  await joinAs(page, town, 'owner')
  await openAlways(page, town)
  await page.goto(`${town.url}/till`)
  await page.getByRole('button', { name: 'Open the till' }).click()
  await page.getByText('Hold the card in front of the camera.').waitFor()
  await kept(page)
  return { page, context, close: () => browser.close() }
}

/** The shop's hours are not known: what is taken counts whenever this runs. */
async function openAlways(page: Page, town: Town): Promise<void> {
  await page.goto(`${town.url}/shop`)
  await page.getByRole('button', { name: /^Change ?: Open$/ }).click()
  const days = page.getByRole('checkbox', { checked: true })
  for (let left = await days.count(); left > 0; left--) await days.first().uncheck()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Not said').waitFor()
}

async function getCard(page: Page, town: Town): Promise<void> {
  await page.goto(`${town.url}/card`)
  await page.getByRole('button', { name: 'Get my card' }).click()
  await page.getByRole('img', { name: SQUARE }).waitFor()
}

/**
 * Lets `ahead` hold from the first script of a page on, also after it was opened anew. NB! A till may take stamps for thirty
 * days, and the app looks at the clock each half minute: here it doesn't, or a clock far ahead would end the till first.
 */
const setting = (page: Page) =>
  page.addInitScript(() => {
    const every = globalThis.setInterval
    globalThis.setInterval = ((work: () => void, ms: number) => (ms === 30_000 ? 0 : every(work, ms))) as typeof setInterval
    const by = Number(sessionStorage.getItem('ahead'))
    const now = Date.now.bind(Date)
    if (by !== 0) Date.now = () => now() + by
    Object.assign(globalThis, { trueNow: now })
  })

/** Sets the clock of a page ahead of this machine's, by so many milliseconds; timers go on as they were. */
async function ahead(page: Page, ms: number): Promise<void> {
  await page.evaluate((by) => {
    const { trueNow } = globalThis as unknown as { trueNow: () => number }
    sessionStorage.setItem('ahead', String(by))
    Date.now = () => trueNow() + by
  }, ms)
}

/** What waits in today's list; whoever works there may have taken it over already. */
const taken = (till: Page) => till.getByRole('listitem').filter({ hasText: /On this device|On its way/ })
const verdict = (till: Page) => till.getByRole('alertdialog')

/** Expects a verdict, then takes what is shown away until the till has seen that it is gone. */
async function expectVerdict(till: Page, film: LiveFilm, word: string): Promise<void> {
  await expect(verdict(till).getByRole('heading', { name: word, exact: true })).toBeVisible({ timeout: 30_000 })
  film.dark()
  const at = await till.evaluate(() => performance.now())
  await expect(verdict(till), 'it goes by itself').toHaveCount(0)
  await till.waitForFunction((until) => performance.now() > until, at + 6_000)
}

test('with the server off: shown, scanned and stamped; the same square again, an old picture, forged, lost, run out and a wrong clock each refused; then both phones agree', async ({ browser, page, town }) => {
  const film = new LiveFilm()
  const till = await openTill(town, film)
  await setting(page)
  await setting(till.page)
  await joinAs(page, town, 'resident')
  await getCard(page, town)
  await kept(page)

  // Somebody else has lost their card; this is the picture of it that a finder has.
  const other = await otherPhone(browser)
  await joinWith(other.page, town.invite(), 'Omar')
  await getCard(other.page, town)
  const found = await other.page.getByRole('img', { name: SQUARE }).screenshot()
  await other.page.getByRole('button', { name: /^Report it lost/ }).first().click()
  await other.page.getByRole('button', { name: 'Yes, it’s lost' }).click()
  const lost = await other.context.newPage()
  await lost.setContent(`<img src="data:image/png;base64,${found.toString('base64')}">`)
  await till.page.reload()
  await till.page.getByText('Hold the card in front of the camera.').waitFor()
  await till.page.getByText('Camera and sound').click()
  await expect(till.page.getByText('1 card is known to be lost or replaced')).toBeVisible({ timeout: 60_000 })

  await town.stop()
  await page.reload()
  await till.page.reload()
  const square = page.getByRole('img', { name: SQUARE })
  await square.waitFor()

  await film.show(page, square)
  await expect(verdict(till.page).getByText('One stamp on the card.')).toBeVisible({ timeout: 30_000 })
  await expectVerdict(till.page, film, 'Stamped')
  film.again()
  await expectVerdict(till.page, film, 'Taken already')

  const sheets = await other.context.newPage()
  const bytes = Uint8Array.from({ length: 213 }, (_, i) => (i < 2 ? 1 : (i * 37) % 256))
  await sheets.setContent(sheet(digitsOf(bytes)))
  await film.show(sheets, sheets.locator('svg'))
  await expectVerdict(till.page, film, 'Not a real card')

  await film.show(lost, lost.locator('img'))
  await expectVerdict(till.page, film, 'Replaced')

  await ahead(page, 5 * MINUTE)
  await page.reload()
  await square.waitFor()
  await film.show(page, square)
  await expectVerdict(till.page, film, 'Clock ahead')

  await ahead(page, 0)
  await page.reload()
  await square.waitFor()
  await film.take(page, square) // NB! Shown for a moment it might be read while it is new
  await ahead(till.page, 2 * MINUTE)
  film.again()
  await expectVerdict(till.page, film, 'An old picture')
  await ahead(till.page, 100 * 24 * 60 * MINUTE)
  film.again()
  await expectVerdict(till.page, film, 'Run out')
  await ahead(till.page, 0)

  await till.page.getByRole('button', { name: '1 today' }).click()
  await expect(taken(till.page)).toHaveCount(1)
  await town.start()
  await till.page.reload()
  await till.page.getByRole('button', { name: '1 today' }).click()
  await expect(till.page.getByText('Counted')).toBeVisible({ timeout: 60_000 })
  await expect(till.page.getByText('All sent')).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { name: '1 stamp', exact: true })).toBeVisible({ timeout: 60_000 })
  await till.close()
})

test('a voucher is shown in words before it is given: with signal once the server agrees, without where it may, and never twice', async ({ page, town }) => {
  const film = new LiveFilm()
  const till = await openTill(town, film)
  await joinAs(page, town, 'resident')
  await getCard(page, town)
  await claimUntil(page, 6 + 10)
  for (const reward of ['A pot of tea for two', 'A plate of something warm']) {
    await page.getByRole('button', { name: new RegExp(`^Get the voucher ?: ${reward}`) }).click()
    await page.getByRole('button', { name: 'Yes, swap them' }).click()
    await page.getByRole('button', { name: new RegExp(`^Show it ?: ${reward}`) }).waitFor()
  }
  await kept(page)

  const hold = async (reward: string) => {
    await page.getByRole('button', { name: new RegExp(`^Show it ?: ${reward}`) }).click()
    const square = page.getByRole('img', { name: `${SQUARE} with the voucher: ${reward}` })
    await square.waitFor()
    await film.show(page, square)
    await expect(verdict(till.page).getByRole('heading', { name: reward })).toBeVisible({ timeout: 30_000 })
    film.dark()
  }

  await hold('A plate of something warm')
  await expect(verdict(till.page).getByText('It is asked about first.')).toBeVisible()
  await till.page.getByRole('button', { name: 'Give it', exact: true }).click()
  await expect(verdict(till.page).getByText('The voucher is used up now.')).toBeVisible({ timeout: 30_000 })
  await till.page.getByRole('button', { name: 'Next card' }).click()
  await page.keyboard.press('Escape')

  await page.goto(`${town.url}/card`)
  await page.getByRole('button', { name: /^Show it ?: A pot of tea for two/ }).waitFor()
  await town.stop()
  await hold('A pot of tea for two')
  await expect(verdict(till.page).getByText('worth £4.20')).toBeVisible()
  await till.page.getByRole('button', { name: 'Give it', exact: true }).click()
  await expect(verdict(till.page).getByText('A pot of tea for two. It is written down.')).toBeVisible()
  await till.page.getByRole('button', { name: 'Next card' }).click()
  await page.reload()
  await hold('A pot of tea for two')
  await till.page.getByRole('button', { name: 'Give it', exact: true }).click()
  await expect(verdict(till.page).getByRole('heading', { name: 'Given already' })).toBeVisible()

  await town.start()
  await till.page.reload()
  await till.page.getByRole('button', { name: '2 today' }).click()
  await expect(till.page.getByText('Counted')).toHaveCount(2, { timeout: 60_000 })
  await page.reload()
  await expect(page.getByRole('button', { name: /^Show it/ })).toHaveCount(0, { timeout: 60_000 })
  await till.close()
})

test('what was shown as taken is there though the browser dies at once, and arrives once', async ({ town }) => {
  const { context, page, folder, die, reopen } = await tablet()
  let later: BrowserContext | undefined
  try {
    await joinAs(page, town, 'owner')
    await openFront(page, town)
    await kept(page)
    await page.goto(`${town.url}/till`)
    await page.getByRole('button', { name: 'Open the till' }).click()
    await page.getByRole('button', { name: 'Type a code' }).waitFor()
    await town.stop()
    for (const code of ['7Q2K M4XD', '9TRF2HVW', 'a1b2c3d4']) await typeCode(page, code)
    await die()
    later = await reopen()
    const again = later.pages()[0] ?? (await later.newPage())
    await again.goto(`${town.url}/till`)
    await again.getByRole('button', { name: '3 today' }).click()
    await expect(taken(again)).toHaveCount(3)
    await town.start()
    await again.reload()
    // What is refused doesn't count any more: the answer may be there already.
    await again.getByRole('button', { name: / today$/ }).click()
    // Nobody has printed such cards: the server says so, of each one, once.
    await expect(again.getByText('There is no card with that code.')).toHaveCount(3, { timeout: 60_000 })
  } finally {
    await (later ?? context).close()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('on a shared tablet the till is the shop’s: opened in one turn, worked in the next, and what was taken is handed over when that ends', async ({ town }) => {
  const { context, page, folder } = await tablet()
  try {
    await openFront(page, town)
    await kept(page)
    await shareIt(page, town)
    await addMe(page, '271828')
    await joinHere(page, town.link('owner'))
    await go(page, '/till')
    await page.getByRole('button', { name: 'Open the till' }).click()
    await page.getByRole('button', { name: 'Type a code' }).waitFor()
    await endTurn(page)

    const [first] = await places(page)
    await page.getByRole('button', { name: 'Add me to this tablet' }).click()
    await addMe(page, '3141')
    await joinHere(page, town.link('owner'))
    await go(page, '/till')
    await page.getByRole('button', { name: 'Type a code' }).waitFor()
    await town.stop()
    await typeCode(page, '7Q2K-M4XD')
    await page.getByRole('button', { name: '1 today' }).click()
    await expect(taken(page)).toHaveCount(1)
    await endTurn(page)

    await town.start()
    const second = (await places(page)).findIndex((id) => id !== first)
    await page.getByRole('listitem').getByRole('button').nth(second).click()
    await page.getByLabel('Your PIN').fill('3141')
    await page.getByRole('button', { name: 'Begin my turn' }).click()
    await page.getByRole('button', { name: 'End my turn' }).waitFor()
    await go(page, '/till')
    // As above: by now it may have been refused.
    await page.getByRole('button', { name: / today$/ }).click()
    await expect(page.getByText('There is no card with that code.')).toBeVisible({ timeout: 60_000 })
  } finally {
    await context.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a hand scanner types a square wherever the focus is, and every verdict can be read, with a keyboard and by axe', async ({ page, town }) => {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await joinAs(page, town, 'owner')
  await page.goto(`${town.url}/till`)
  await page.getByRole('button', { name: 'Open the till' }).waitFor()
  await hold(page, 'opening')
  await page.getByRole('button', { name: 'Open the till' }).click()
  await page.getByRole('button', { name: 'Type a code' }).click()
  await page.getByText('Camera and sound').click()
  await hold(page, 'counter')
  const forged = digitsOf(Uint8Array.from({ length: 213 }, (_, i) => (i < 2 ? 1 : (i * 37) % 256)))
  // As with a real one: what stumbled, since the machine was busy, is scanned again.
  await expect(async () => {
    await page.getByLabel('The code on a paper card').fill('')
    await wedge(page, forged)
    await expect(verdict(page).getByRole('heading', { name: 'Not a real card' })).toBeVisible({ timeout: 3_000 })
  }).toPass({ timeout: 60_000 })
  await hold(page, 'refused')
  await page.keyboard.press('Escape')
  await expect(page.getByLabel('The code on a paper card')).toHaveValue('')
  await page.getByLabel('The code on a paper card').fill('7q2k m4xd')
  await page.keyboard.press('Enter')
  await expect(verdict(page).getByRole('heading', { name: 'No such card' }), 'the server was asked').toBeVisible()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Type a code' }).click()
  await page.getByLabel('The code on a paper card').fill('edna card')
  await page.keyboard.press('Enter')
  // In one: it goes by itself after four seconds.
  await verdict(page).filter({ has: page.getByRole('heading', { name: 'Taken', exact: true }) }).getByRole('button', { name: 'Take it back' }).click()
  await expect(verdict(page).getByRole('heading', { name: 'Taken back' })).toBeVisible()
  await hold(page, 'taken')
  await expect(verdict(page)).toHaveCount(0)
  await page.getByRole('button', { name: /today/ }).click()
  await hold(page, 'today')
})

/** Who has a place on this tablet, in the order in which they are shown. */
function places(page: Page): Promise<IDBValidKey[]> {
  return page.evaluate(
    () =>
      new Promise((done, failed) => {
        const opening = indexedDB.open('kith turns')
        opening.onerror = () => failed(opening.error)
        opening.onsuccess = () => {
          const keys = opening.result.transaction('slots').objectStore('slots').getAllKeys()
          keys.onsuccess = () => (opening.result.close(), done(keys.result))
        }
      }),
  )
}

async function typeCode(page: Page, code: string): Promise<void> {
  await page.getByRole('button', { name: 'Type a code' }).click()
  await page.getByLabel('The code on a paper card').fill(code)
  await page.getByRole('button', { name: 'Stamp it' }).click()
  await verdict(page).getByRole('heading', { name: 'Taken' }).waitFor()
  // It goes by itself, too: "Next card" may be gone before it is tapped.
  await page.keyboard.press('Escape')
  await expect(verdict(page)).toHaveCount(0)
}

/** As a scanner that pretends to be a keyboard: all keys within moments, from inside of the page. */
async function wedge(page: Page, digits: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  for (const key of digits) void session.send('Input.dispatchKeyEvent', { type: 'keyDown', key, text: key })
  await session.send('Input.dispatchKeyEvent', { type: 'keyDown', key: 'Enter', text: '\r' })
}

/** Axe in light and dark, and nothing lost with letters twice as big. */
async function hold(page: Page, name: string): Promise<void> {
  expect.soft(await violations(page), name).toEqual([])
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  expect.soft(await violations(page, 'colours'), `${name}, dark`).toEqual([])
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await doubleText(page)
  expect.soft(await stickingOut(page), `${name}, double`).toEqual([])
  await doubleText(page, false)
}
