/**
 * What a browser may do to the app, and the app must outlive: tabs killed at each step of the disk, a disk that was
 * emptied or is full, a new version in mid-push, and two tabs that both believe to lead.
 */
import { appendFileSync, copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from '@playwright/test'
import { heard, leaving } from './heard'
import { Mortal } from './mortal'
import { Room } from './room'
import { BINARY, built, expect, joinAs, kept, openFront, otherPhone, test, Town } from './town'

const PHONE = { viewport: { width: 390, height: 844 }, locale: 'en-GB', timezoneId: 'Europe/London', serviceWorkers: 'block' as const }

/** The list's rows, not what stands in one of them. */
const listed = (page: Page) => page.getByRole('main').locator('section > ul > li').count()

test('a tab that is killed at any step of its first pull goes on from there, and ends with all of it', async ({ browser, town }) => {
  const whole = await Mortal.open(await browser.newContext(PHONE))
  await openFront(whole.page, town)
  await expect.poll(() => listed(whole.page)).toBe(24) // of which eight are drawn at first
  await whole.page.waitForLoadState('networkidle')
  const steps = await whole.steps()
  expect(steps).toBeGreaterThan(1)
  for (let n = 0; n < steps; n++) {
    const context = await browser.newContext(PHONE)
    const tab = await Mortal.open(context, n)
    await tab.page.goto(town.url, { waitUntil: 'commit' })
    await tab.stood
    await tab.kill()
    const again = await context.newPage()
    await openFront(again, town)
    // Side by side: what is over by now has left both.
    await expect(async () => {
      const [one, other] = await Promise.all([whole.page, again].map((page) => page.getByRole('main').innerText()))
      expect(other, `killed at step ${n} of ${steps}`).toBe(one)
    }).toPass({ timeout: 15_000 })
    await context.close()
  }
})

/** Types a name at the desk, for a person without a phone; whoever calls taps. */
async function typed(page: Page, town: Town, name: string) {
  await page.goto(`${town.url}/desk/people/new`)
  await page.getByLabel('Their first name').fill(name)
  return page.getByRole('button', { name: 'Add them' })
}

const drained = (page: Page) => expect(page.getByText(/waiting to be sent|waits on your phone|wait on your phone/)).toHaveCount(0, { timeout: 60_000 })

/** How often each name that begins with `word` is at the desk of another coordinator, on a phone that held nothing. */
async function countElsewhere(browser: Browser, town: Town, word: string): Promise<Map<string, number>> {
  const { context, page } = await otherPhone(browser)
  await joinAs(page, town, 'second')
  await page.goto(`${town.url}/desk/people`)
  await page.getByRole('link', { name: /^Pearl/ }).waitFor()
  await page.getByRole('searchbox').fill(word)
  await page.getByRole('link', { name: new RegExp(`^${word}`) }).first().waitFor()
  const counts = new Map<string, number>()
  // NB! Not what is drawn: of rows below the screen nothing is.
  for (const text of await page.getByRole('link', { name: new RegExp(`^${word}`) }).locator('.name').allTextContents()) {
    const name = text.trim()
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  await context.close()
  return counts
}

test('a tab that is killed at any step of a push: what the screen showed as kept arrives, and nothing arrives twice', async ({ browser, town }) => {
  test.slow()
  const context = await browser.newContext(PHONE)
  const first = await context.newPage()
  await joinAs(first, town, 'coordinator')
  await first.close()
  const shown: string[] = []
  let deaths = 0
  for (let n = 0; n < 100; n++) {
    const tab = await Mortal.open(context)
    const name = `Tab${String(n).padStart(2, '0')}`
    const add = await typed(tab.page, town, name)
    await drained(tab.page)
    await tab.standsAfter(n)
    void add.click().catch(() => undefined)
    const done = tab.page.getByRole('heading', { level: 1, name }).waitFor().then(() => tab.page.getByText('Saved on this phone, not sent yet.').waitFor({ state: 'detached' }))
    const died = await Promise.race([tab.stood.then(() => true), done.then(() => false, () => true)])
    if (died) deaths++
    if (!died || tab.heading === name) shown.push(name)
    if (!died) break
    await tab.kill()
  }
  expect(deaths).toBeGreaterThan(3)
  const last = await context.newPage()
  await last.goto(`${town.url}/desk/people`)
  await last.getByRole('link', { name: /^Pearl/ }).waitFor()
  await drained(last)
  const counts = await countElsewhere(browser, town, 'Tab')
  for (const name of shown) expect(counts.get(name), `${name} was shown as kept`).toBe(1)
  for (const [name, count] of counts) expect(count, name).toBe(1)
  await context.close()
})

/** Two tabs of one coordinator. */
async function twoTabs(context: BrowserContext, town: Town): Promise<[Page, Page]> {
  const one = await context.newPage()
  await joinAs(one, town, 'coordinator')
  const other = await context.newPage()
  await other.goto(`${town.url}/desk/people`)
  return [one, other]
}

for (const [how, both] of [['both believe to lead', true], ['take the lead from each other again and again', false]] as const) {
  test(`two tabs that ${how} send each command once`, async ({ browser, town }) => {
    const context = await browser.newContext(PHONE)
    if (both) {
      await context.addInitScript(() => {
        navigator.locks.request = ((_name: string, _options: object, work: (lock: unknown) => unknown) => Promise.resolve(work(null))) as any
      })
    }
    const tabs = await twoTabs(context, town)
    const names = Array.from({ length: 8 }, (_, i) => `Twin${i}`)
    for (const [i, name] of names.entries()) {
      const tab = tabs[i % 2]!
      await (await typed(tab, town, name)).click()
      if (!both) await tabs[(i + 1) % 2]!.evaluate(() => navigator.locks.request('kith', { steal: true }, async () => undefined))
      await expect(tab.getByRole('heading', { level: 1, name })).toBeVisible()
    }
    for (const tab of tabs) await drained(tab)
    await expect(tabs[1].getByText('Saved on this phone, not sent yet.')).toHaveCount(0)
    expect(await countElsewhere(browser, town, 'Twin')).toEqual(new Map(names.map((name) => [name, 1])))
    await context.close()
  })
}

/** Opens a group's page, ready to say that one would like to come. */
async function readyToCome(page: Page, town: Town): Promise<void> {
  await openFront(page, town)
  const address = await page.getByRole('main').getByRole('listitem').getByRole('link').nth(12).getAttribute('href')
  await page.goto(`${town.url}${address}/come`)
  await page.getByLabel('Your first name, if you like').fill('Rosa')
}

test('a phone whose browser threw the storage away says what may be lost, shows what’s on, and joins again', async ({ page, town }) => {
  await joinAs(page, town, 'resident')
  await openFront(page, town)
  await page.goto('about:blank')
  const storage = await page.context().newCDPSession(page)
  await storage.send('Storage.clearDataForOrigin', { origin: town.url, storageTypes: 'indexeddb,cache_storage,service_workers' })
  await openFront(page, town)
  const said = page.getByText('This phone has cleared what Kith kept on it.', { exact: false })
  await expect(said).toBeVisible()
  await page.reload()
  await expect(said).toBeVisible()
  await joinAs(page, town, 'listener')
  await expect(said).toHaveCount(0)
  await page.reload()
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await expect(said).toHaveCount(0)
})

test('a phone that is full says so, loses nothing that was sent or typed, and goes on by itself once there is room', async ({ browser, town }) => {
  const host = (await otherPhone(browser)).page
  await joinAs(host, town, 'activator')
  await host.goto(`${town.url}/groups`)
  const groups = host.getByRole('heading', { level: 2 }).getByRole('link')
  await groups.nth(1).waitFor()
  const [group, other] = await groups.evaluateAll((all) => all.map((one) => one.getAttribute('href')))

  const page = await (await browser.newContext(PHONE)).newPage()
  await page.clock.install()
  const room = await Room.little(page, town.url)
  await joinAs(page, town, 'resident')
  const full = page.getByText('Your phone is full. New things cannot be saved until you make room.')
  const sayIt = page.getByRole('button', { name: 'Say I’d like to come' })

  // Rows that come.
  await page.goto(`${town.url}${group}/come`)
  await page.getByLabel('Your first name, if you like').fill('Rosa')
  await room.fill()
  await host.goto(`${town.url}${group!.replace('/l/', '/groups/')}`)
  await host.getByLabel('Its name').fill('The full house')
  await host.getByRole('button', { name: 'Save the change' }).click()
  await host.getByRole('heading', { level: 2, name: 'The full house' }).waitFor()
  await expect(full).toBeVisible()
  await room.make()
  await page.clock.fastForward('05:01')
  await expect(full).toHaveCount(0)
  await expect(page.getByRole('link', { name: /The full house/ })).toBeVisible()
  await expect(page.getByLabel('Your first name, if you like')).toHaveValue('Rosa')

  // What left just before: the server does it, and the phone can't note that.
  const left = leaving(page, 'visits.come')
  town.hold()
  await sayIt.click()
  await expect(page.getByText('Sending it now…')).toBeVisible()
  await room.fill()
  town.goOn()
  await expect(host.getByText('Rosa', { exact: true })).toHaveCount(1)
  await expect(full).toBeVisible()

  // What is tapped meanwhile, after a restart without room.
  await page.goto(`${town.url}${other}/come`)
  await page.getByLabel('Your first name, if you like').fill('Rosa Ann')
  await sayIt.click()
  await expect(page.getByRole('alert')).toContainText('This phone has no room left, so it isn’t saved. Make some room, and try again.')
  await expect(full).toBeVisible()
  await expect(page.getByLabel('Your first name, if you like')).toHaveValue('Rosa Ann')

  await room.make()
  await page.clock.fastForward('05:01')
  await expect(full).toHaveCount(0)
  await sayIt.click()
  await expect(page.getByText('They know you’re coming')).toBeVisible()
  await page.goto(`${town.url}/plans`)
  await expect(page.getByText('They know you’re coming.')).toHaveCount(2)
  for (const name of ['Rosa', 'Rosa Ann']) await expect(host.getByText(name, { exact: true })).toHaveCount(1)
  expect(new Set(left).size).toBe(2)
  expect(await heard(page, town, 'visits.come')).toEqual(['ok', 'ok'])
})

test('a new version that is used in the middle of a push loses nothing, and sends it once', async ({ page, seeded }) => {
  const folder = mkdtempSync(join(tmpdir(), 'kith-release-'))
  copyFileSync(BINARY, join(folder, 'kith'))
  cpSync(built(), join(folder, 'pb_public'), { recursive: true })
  const town = await Town.open(seeded, join(folder, 'kith'))
  try {
    await joinAs(page, town, 'resident')
    await kept(page)
    await town.stop()
    appendFileSync(join(folder, 'pb_public', 'sw.js'), '\n// another version\n')
    await town.start()
    await readyToCome(page, town)
    await expect(page.getByText('A new version is ready.')).toBeVisible({ timeout: 60_000 }) // all of it is kept anew, as in kept()
    town.hold()
    const left = leaving(page, 'visits.come')
    await page.getByRole('button', { name: 'Say I’d like to come' }).click()
    await expect(page.getByText('Sending it now…')).toBeVisible()
    const reloaded = page.waitForEvent('load')
    await page.getByRole('button', { name: 'Use it now' }).click()
    await reloaded
    town.goOn()
    await page.goto(`${town.url}/plans`)
    await expect(page.getByText('They know you’re coming.')).toHaveCount(1)
    // The new version sent again what the old one had sent; the server took it for what it is.
    expect(left.length).toBeGreaterThan(1)
    expect(new Set(left).size).toBe(1)
    expect(await heard(page, town, 'visits.come')).toEqual(['ok'])
  } finally {
    town.goOn()
    await town.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
