/**
 * Being told on a phone: asked for at the moment when it makes sense, shown in words that say nothing, tapped; and
 * everything works where it can't be.
 */
import type { Page } from '@playwright/test'
import { rmSync } from 'node:fs'
import { WHOLE } from './browsers'
import { Google, Reached, showsOnly, withGoogle, type Weather } from './google'
import { doubleText, stickingOut, violations } from './look'
import { addMe, endTurn, go, joinHere, shareIt, tablet } from './tablet'
import { expect, joinAs, kept, lived, noted, openFront, otherPhone, test as base, Town } from './town'

const test = base.extend<{ told: Town }, { google: Google }>({
  // NB! The shell shows no notifications.
  launchOptions: [async ({ launchOptions }, use) => use({ ...launchOptions, executablePath: WHOLE }), { scope: 'worker' }],
  google: [
    async ({}, use) => {
      const google = await Google.open()
      await use(google)
      google.close()
    },
    { scope: 'worker', timeout: 300_000 }, // a fake that was never built takes longer than a test may
  ],
  /** A town that tells phones. */
  told: async ({ browser, seeded, google, unanswered }, use, info) => {
    await lived(await Town.open(seeded, undefined, google.env), use, browser, unanswered, info)
  },
})

/** Whom nothing that leaves for Google may name. */
const GUEST = 'Gwenllian'
const THIS_PHONE = 'Tell me on this phone'
const ON = 'On. This phone shows you a line when there is something for you, as you choose below.'
const EVERYTHING = 'Google could not be reached, or did not take this phone. Nothing has changed, and everything else works without it.'

/** Where a phone is turned on and off. */
async function openThisPhone(page: Page, town: Town): Promise<void> {
  await page.goto(`${town.url}/you/notices`)
  await page.getByRole('heading', { level: 2, name: 'This phone' }).waitFor()
}

async function turnOn(page: Page, town: Town): Promise<void> {
  await openThisPhone(page, town)
  await page.getByRole('button', { name: THIS_PHONE }).click()
  await expect(page.getByText(ON)).toBeVisible()
}

/** The group that the activator of the demo town runs, as an address. */
async function aGroup(page: Page, town: Town): Promise<string> {
  await page.goto(`${town.url}/groups`)
  return (await page.getByRole('heading', { level: 2 }).first().getByRole('link').getAttribute('href'))!
}

async function sayToCome(page: Page, town: Town, group: string): Promise<void> {
  await page.goto(`${town.url}${group}/come`)
  await page.getByLabel('Your first name, if you like').fill(GUEST)
  await page.getByRole('button', { name: 'Say I’d like to come' }).click()
  await expect(page.getByRole('heading', { name: 'They know you’re coming' })).toBeVisible()
}

test.describe('what comes by push', () => {
  test('is shown in words that say nothing of what it is; what comes twice is shown once', async ({ page, town }) => {
    await withGoogle(page.context(), town.url)
    await openFront(page, town)
    await kept(page)
    const phone = await Reached.open(page)
    await phone.deliver({ v: '1', n: 'abc', k: 'task' })
    await expect.poll(() => phone.shown()).toEqual([{ title: 'Kith', body: 'Something waits for you. Tap to see it.', tag: 'task', n: 'abc', silent: false }])
    await phone.deliver({ v: '1', n: 'abc', k: 'task' })
    await expect.poll(() => phone.shown()).toMatchObject([{ tag: 'task', n: 'abc', silent: true }])
    await phone.deliver({ v: '1', n: 'abd', k: 'task' })
    await expect.poll(() => phone.shown()).toMatchObject([{ tag: 'task', n: 'abd', silent: false }])
    await phone.deliver({ v: '1', n: 'abe', k: 'loyalty' })
    await expect.poll(async () => (await phone.shown()).map(({ n }) => n).sort()).toEqual(['abd', 'abe'])
    await phone.deliverText('what is this?')
    await expect.poll(async () => (await phone.shown()).map(({ tag }) => tag).sort()).toEqual(['loyalty', 'other', 'task'])
  })

  test('leads to its notice when it is tapped: on a phone that has joined, on one that hasn’t, and with no signal', async ({ page, town }) => {
    await withGoogle(page.context(), town.url)
    await openFront(page, town)
    await kept(page)
    const phone = await Reached.open(page)
    // Of a kind each: a browser may close what was tapped late, and with it what has come in its place.
    for (const [n, k] of [['signedout', 'notice'], ['joined', 'task'], ['offline', 'account']] as const) {
      if (n === 'joined') await joinAs(page, town, 'resident')
      await page.goto(town.url)
      await page.getByRole('heading', { level: 1 }).waitFor()
      if (n === 'offline') await page.context().setOffline(true)
      await phone.deliver({ v: '1', n, k })
      await showsOnly(phone, n)
      await phone.tap(k)
      await page.waitForURL(`${town.url}/notices/${n}`)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await showsOnly(phone)
    }
    await page.context().setOffline(false)
  })
})

test('from what one does to what another’s phone shows: offered, asked, sent, shown, tapped, read', async ({ browser, page, told, google }) => {
  const meets = await withGoogle(page.context(), told.url)
  await joinAs(page, told, 'activator')
  await openFront(page, told)
  await kept(page)
  const group = await aGroup(page, told)

  // Our words come first, and nothing of Google's is loaded or asked before they are answered.
  await expect(page.getByRole('heading', { name: 'Shall this phone tell you when somebody would like to come?' })).toBeVisible()
  expect([meets.asked, meets.loaded]).toEqual([[], []])
  await looksRight(page)
  await page.getByRole('button', { name: 'Yes, tell me' }).click()
  await expect(page.getByText('This phone will tell you.')).toBeVisible()
  const registered = meets.asked.find(({ url }) => url.includes('fcmregistrations'))!
  const installed = meets.asked.find(({ url }) => url.includes('firebaseinstallations'))!
  expect(JSON.parse(installed.body)).toEqual({ fid: expect.any(String), authVersion: 'FIS_v2', appId: expect.any(String), sdkVersion: expect.any(String) })
  expect(JSON.parse(registered.body)).toEqual({
    web: { origin: new URL(told.url).host, endpoint: expect.stringContaining('https://push.example/'), auth: expect.any(String), p256dh: expect.any(String), applicationPubKey: expect.any(String) },
    fcm_sdk_version: expect.any(String),
  })
  expect(meets.asked).toHaveLength(2)
  for (const { headers } of meets.asked) expect(headers).not.toHaveProperty('x-firebase-client')

  const once = meets.loaded.length

  // At any hour of the day.
  await openThisPhone(page, told)
  await expect(page.getByText(ON)).toBeVisible()
  await page.getByText('What Google learns').click()
  await looksRight(page)
  await noQuietHours(page)
  expect([meets.loaded.length, meets.asked.length], 'a start loads nothing of Firebase, and asks nothing').toEqual([once, 2])

  const phone = await Reached.open(page)
  const guest = await otherPhone(browser)
  await joinAs(guest.page, told, 'resident')
  await sayToCome(guest.page, told, group)
  await expect.poll(() => google.sent.length, { timeout: 60_000 }).toBe(1)
  const [message] = google.sent
  expect(message).toEqual({ v: '1', n: expect.stringMatching(/^[a-z0-9]{15}$/), k: 'notice' })
  expect(JSON.parse(google.left[0]!.body).message.fid).toBe(JSON.parse(installed.body).fid)

  const listens = page.waitForResponse(/\/assets\/keeping-/)
  await page.goto(`${told.url}/card`)
  await listens
  await phone.deliver(message)
  await phone.deliver(message)
  await showsOnly(phone, message!.n)
  await page.evaluate(() => void Object.assign(globalThis, { same: true }))
  await phone.tap('notice')
  await page.waitForURL(`${told.url}/groups`)
  expect(await page.evaluate(() => 'same' in globalThis), 'the page went there by itself: nothing that is typed is lost').toBe(true)
  await expect(page.getByText(GUEST, { exact: true })).toBeVisible()
  await showsOnly(phone)
  await guest.context.close()

  const bytes = JSON.stringify([google.left, meets.asked])
  const name = await page.getByRole('link', { name: 'Kith' }).or(page.locator('header .name')).first().innerText()
  for (const word of [GUEST, group.split('/').at(-1)!, name]) expect(bytes).not.toContain(word)
})

async function looksRight(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await violations(page, colorScheme === 'light' ? 'all' : 'colours')).toEqual([])
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await doubleText(page)
  expect(await stickingOut(page)).toEqual([])
  await doubleText(page, false)
}

/** Quiet hours off, on the page where one chooses. */
async function noQuietHours(page: Page): Promise<void> {
  await page.getByLabel('until').selectOption('21:00')
  await expect(page.getByText('It is the same time: no hours are quiet.')).toBeVisible()
  await page.goto(`${page.url().replace('/you/notices', '')}/outbox`)
  await expect(page.getByText('Nothing is waiting on this phone.')).toBeVisible()
}

test.describe('everything works', () => {
  const SKIES: [what: string, weather: Weather, says: string][] = [
    ['Google’s hosts can’t be reached', 'cut', EVERYTHING],
    ['Google refuses', 'refuses', EVERYTHING],
    ['the browser finds no service', 'no service', EVERYTHING],
  ]
  for (const [what, weather, says] of SKIES) {
    test(`where ${what}`, async ({ page, told }) => {
      await withGoogle(page.context(), told.url, weather)
      await joinAs(page, told, 'resident')
      await openFront(page, told)
      await kept(page)
      await openThisPhone(page, told)
      await page.getByRole('button', { name: THIS_PHONE }).click()
      await expect(page.getByText(says)).toBeVisible({ timeout: 30_000 })
      await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible()
      await works(page, told)
    })
  }

  test('where Google says nothing: after 20 seconds that is said, and a start waits for none of it', async ({ page, told }) => {
    await withGoogle(page.context(), told.url, 'silent')
    await joinAs(page, told, 'resident')
    await openFront(page, told)
    await kept(page)
    await page.clock.install()
    await openThisPhone(page, told)
    // NB! A clock that goes on by itself beside it would reach the twentieth second on a slow machine before it was looked.
    await page.clock.pauseAt(Date.now() + 60_000)
    await page.getByRole('button', { name: THIS_PHONE }).click()
    await expect(page.getByText('Asking your browser, then Google.')).toBeVisible()
    await page.clock.runFor(19_000)
    await expect(page.getByText('Asking your browser, then Google.')).toBeVisible()
    await page.clock.runFor(1_500)
    await expect(page.getByText(EVERYTHING)).toBeVisible()
    await page.clock.resume()
    await works(page, told)
  })

  test('where the person said no to their browser, who is told where to change it; and goes on once they do', async ({ page, told }) => {
    await withGoogle(page.context(), told.url)
    const cdp = await page.context().newCDPSession(page)
    const { browserContextId } = (await cdp.send('Target.getTargetInfo')).targetInfo
    const answer = (setting: 'denied' | 'granted') => cdp.send('Browser.setPermission', { permission: { name: 'notifications' }, setting, origin: told.url, browserContextId })
    await answer('denied')
    await joinAs(page, told, 'resident')
    await openFront(page, told)
    await kept(page)
    await openThisPhone(page, told)
    await expect(page.getByText('Your browser has been told not to let Kith show you anything')).toBeVisible()
    await expect(page.getByRole('button', { name: THIS_PHONE })).toHaveCount(0)
    await works(page, told)
    await openThisPhone(page, told)
    await answer('granted')
    await page.getByRole('button', { name: THIS_PHONE }).click()
    await expect(page.getByText(ON)).toBeVisible()
  })

  test('where the browser can’t, and on an iPhone outside of its home screen', async ({ browser, told }) => {
    for (const [userAgent, says] of [
      ['', 'This browser can’t show you anything while Kith is closed.'],
      ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1', 'Tap Share, then “Add to Home Screen”.'],
    ] as const) {
      const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'en-GB', timezoneId: 'Europe/London', ...(userAgent ? { userAgent } : {}) })
      const meets = await withGoogle(context, told.url)
      await context.addInitScript(() => {
        for (const name of ['PushManager', 'Notification']) Reflect.deleteProperty(globalThis, name)
      })
      const page = await context.newPage()
      await joinAs(page, told, userAgent ? 'listener' : 'resident')
      await openThisPhone(page, told)
      await expect(page.getByText(says)).toBeVisible()
      await works(page, told)
      expect([meets.asked, meets.loaded]).toEqual([[], []])
      await context.close()
    }
  })

  test('where the community sends nothing to phones', async ({ page, town }) => {
    const meets = await withGoogle(page.context(), town.url)
    await joinAs(page, town, 'activator')
    await openThisPhone(page, town)
    await expect(page.getByText('Your community does not send anything to phones.')).toBeVisible()
    await aGroup(page, town)
    await expect(page.getByRole('button', { name: 'Yes, tell me' })).toHaveCount(0)
    await works(page, town)
    expect([meets.asked, meets.loaded]).toEqual([[], []])
  })

  test('on a tablet that several people share, which is never told', async ({ told }) => {
    const { context, page, folder } = await tablet()
    const meets = await withGoogle(context, told.url)
    await openFront(page, told)
    await kept(page)
    await shareIt(page, told)
    await addMe(page, '271828')
    await joinHere(page, told.link('activator'))
    await go(page, '/you/notices')
    await expect(page.getByText('Not on this device: several people use it')).toBeVisible()
    await go(page, '/groups')
    await page.getByRole('heading', { level: 2 }).first().waitFor()
    await expect(page.getByRole('button', { name: 'Yes, tell me' })).toHaveCount(0)
    await endTurn(page)
    expect([meets.asked, meets.loaded]).toEqual([[], []])
    await context.close()
    rmSync(folder, { recursive: true, force: true })
  })
})

/** What somebody does here goes on as ever. */
async function works(page: Page, town: Town): Promise<void> {
  await openFront(page, town)
  await page.getByRole('main').getByRole('listitem').getByRole('link').first().click()
  const save = page.getByRole('button', { name: 'Save', exact: true })
  await save.first().click()
  await expect(save).toHaveCount(0)
  await noted(page)
  await page.goto(`${town.url}/plans`)
  await expect(page.getByRole('heading', { level: 1, name: 'My plans' })).toBeVisible()
  await expect(page.getByText('Nothing saved yet.')).toHaveCount(0)
}

test('“not now” is not asked again; and is asked of nobody who turned it on elsewhere on this phone', async ({ page, told }) => {
  const meets = await withGoogle(page.context(), told.url)
  await joinAs(page, told, 'activator')
  await openFront(page, told)
  await kept(page)
  await aGroup(page, told)
  await page.getByRole('button', { name: 'Not now' }).click()
  await expect(page.getByText('You can turn it on later, under You.')).toBeVisible()
  await noted(page)
  await aGroup(page, told)
  await expect(page.getByRole('button', { name: 'Yes, tell me' })).toHaveCount(0)
  expect([meets.asked, meets.loaded]).toEqual([[], []])
})

test('turned off, or left: it ends here, at the server and at Google, and nothing stays of it', async ({ page, told }) => {
  const meets = await withGoogle(page.context(), told.url)
  await joinAs(page, told, 'resident')
  await openFront(page, told)
  await kept(page)
  for (const how of ['turned off', 'left'] as const) {
    await turnOn(page, told)
    const phone = await Reached.open(page)
    await phone.deliver({ v: '1', n: 'abc', k: 'notice' })
    await showsOnly(phone, 'abc')
    if (how === 'turned off') {
      await page.getByRole('button', { name: 'Turn it off on this phone' }).click()
      await expect(page.getByText('It is off. Nothing comes to this phone any more.')).toBeVisible()
    } else {
      await page.goto(`${told.url}/about`)
      await page.getByRole('button', { name: /^(Leave|Remove)/ }).click()
      await page.getByRole('button', { name: /^Yes/ }).click()
      await page.waitForURL(`${told.url}/`)
    }
    await showsOnly(phone)
    // Google is waited for, but not for long: on a slow machine it hears the end of it a moment later.
    await expect.poll(() => meets.asked.filter(({ method }) => method === 'DELETE').map(({ url }) => new URL(url).host)).toEqual(['fcmregistrations.googleapis.com', 'firebaseinstallations.googleapis.com'])
    await expect.poll(() => left(page)).toEqual({ subscribed: null, told: false, firebase: 0 })
    meets.asked.length = 0
  }
})

/** What is left of being told, in this browser. */
function left(page: Page): Promise<{ subscribed: string | null; told: boolean; firebase: number }> {
  return page.evaluate(async () => {
    const subscription = await (await navigator.serviceWorker.getRegistration())?.pushManager.getSubscription()
    let firebase = 0
    for (const { name } of await indexedDB.databases()) {
      if (!name?.startsWith('firebase')) continue
      const db = await new Promise<IDBDatabase>((open) => {
        const asked = indexedDB.open(name)
        asked.onsuccess = () => open(asked.result)
      })
      for (const store of db.objectStoreNames) {
        firebase += await new Promise<number>((known) => {
          const asked = db.transaction(store).objectStore(store).count()
          asked.onsuccess = () => known(asked.result)
        })
      }
      db.close()
    }
    return { subscribed: subscription?.endpoint ?? null, told: await caches.has('kith-told'), firebase }
  })
}
