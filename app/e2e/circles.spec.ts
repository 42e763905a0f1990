/**
 * A circle's rota: three phones that were away for days agree on one, each is told once what became of their plans, and
 * whoever is kept away can't tell that from being taken off.
 */
import type { Page } from '@playwright/test'
import { addDays, expect, joinAs, kept, openFront, otherPhone, stands, test, type Town } from './town'

const CIRCLE = 'Thursdays with Ada'
/** So far away is the first turn that nothing of it is due whatever the time of day; then there is one each week. */
const FIRST = 5
const WEEK = 7

test.describe.configure({ timeout: 300_000 })

const iso = (ms: number): string => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/London', dateStyle: 'short' }).format(ms)

/** The day of the first turn, once there is a circle: a test may go on over midnight. */
let first = ''

/** The day of the n-th turn, as the rota names it; and as a date. */
function dayOf(n: number): [name: string, date: string] {
  const date = addDays(first, (n - 1) * WEEK)
  const at = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options }).format(Date.parse(`${date}T12:00Z`))
  const year = date.slice(0, 4) === iso(Date.now()).slice(0, 4) ? '' : ` ${date.slice(0, 4)}`
  return [`${at({ weekday: 'long' })} ${at({ day: 'numeric' })} ${at({ month: 'long' })}${year}`, date]
}

/** Somebody starts a circle around themselves, with a walk each week. Answers its address, and a link to it. */
async function circle(page: Page, town: Town): Promise<[address: string, link: string]> {
  first = addDays(iso(Date.now()), FIRST)
  await page.goto(`${town.url}/circles/new`)
  await page.getByLabel('What the circle is called').fill(CIRCLE)
  await page.getByLabel('Yes, I would like that').check()
  await page.getByRole('button', { name: 'Start the circle' }).click()
  await expect(page.getByRole('heading', { level: 1, name: CIRCLE })).toBeVisible()
  const address = new URL(page.url()).pathname
  await page.goto(`${town.url}${address}/slot`)
  await page.getByLabel('First or next day').fill(dayOf(1)[1])
  await page.getByLabel('Starts').fill('10:30')
  await page.getByLabel('Ends', { exact: true }).fill('11:30')
  await page.getByLabel('Every week').check()
  await page.getByLabel('Not on bank holidays').uncheck()
  await page.getByRole('button', { name: 'Add it to the rota' }).click()
  await expect(page.getByRole('heading', { level: 2, name: 'The rota' })).toBeVisible()
  await page.goto(`${town.url}${address}/invite`)
  await page.getByRole('button', { name: 'Make a link' }).click()
  await expect(page.getByText(/\/join#/).first()).toBeVisible()
  await arrived(page, town)
  await page.goto(`${town.url}${address}/invite`)
  await expect(page.getByText(/\/join#/).first()).toBeVisible()
  const link = /http\S+\/join#\S+/.exec(await page.locator('main').innerText())?.[0]
  if (!link) throw new Error('no link is shown')
  return [address, link]
}

/** Joins by a circle's link, under a name of one's own. */
async function joinCircle(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link)
  await page.getByLabel('Your first name').fill(name)
  await page.getByRole('button', { name: /^Join/ }).click()
  await expect(page.getByRole('heading', { level: 1, name: CIRCLE })).toBeVisible()
}

async function arrived(page: Page, town: Town): Promise<void> {
  await page.goto(`${town.url}/outbox`)
  await expect(page.getByText('Everything you did has arrived.')).toBeVisible()
}

/** The n-th turn on a rota that stands. */
const turn = (page: Page, n: number) => page.locator('main div').filter({ has: page.getByRole('heading', { level: 3, name: dayOf(n)[0], exact: true }) }).last().getByRole('listitem').first()
const whose = (page: Page, n: number) => turn(page, n).locator('.who > span').first()

async function rota(page: Page, town: Town, address: string): Promise<void> {
  await page.goto(town.url + address)
  await page.getByRole('button', { name: 'Show more weeks' }).click()
  await expect(turn(page, 5)).toBeVisible()
}

const take = (page: Page, n: number) => turn(page, n).getByRole('button', { name: /^I’ll do it/ }).click()

async function options(page: Page, n: number) {
  const here = turn(page, n)
  if (!(await here.locator('.options').first().isVisible())) await here.getByText('What you can do').click()
  return here
}

/** How often somebody was told each thing, as it stands in their inbox. */
async function told(page: Page, town: Town): Promise<Record<string, number>> {
  await page.goto(`${town.url}/notices`)
  await page.getByRole('heading', { level: 1, name: 'For you' }).waitFor()
  const lines = await page.locator('main .what').allInnerTexts()
  const count = (words: string) => lines.filter((line) => line === words).length
  return { yours: count('A turn is yours now'), notYours: count('A turn is somebody else’s now'), off: count('A turn of yours is not on'), moved: count('A turn of yours is at another time') }
}

/** Of those who come back: everybody else's plans were made while they were away. */
type Who = 'ada' | 'bea' | 'cleo'
const ORDERS: [Who, Who, Who][] = [['bea', 'ada', 'cleo'], ['cleo', 'bea', 'ada']]

for (const order of ORDERS) {
  test(`three phones that were away agree on one rota, and each is told once: ${order.join(', ')}`, async ({ browser, page: ada, town }) => {
    const [bea, cleo] = [(await otherPhone(browser)).page, (await otherPhone(browser)).page]
    const phones: Record<Who, Page> = { ada, bea, cleo }
    await joinAs(ada, town, 'resident')
    await openFront(ada, town)
    await kept(ada)
    const [address, link] = await circle(ada, town)
    for (const [page, name] of [[bea, 'Bea'], [cleo, 'Cleo']] as const) {
      await joinCircle(page, link, name)
      await kept(page)
      await rota(page, town, address)
    }

    // As it was before they went: each has two, Cleo stands by for one of Bea's and has asked her to take one of hers.
    for (const n of [2, 4]) await take(bea, n)
    for (const n of [3, 5]) await take(cleo, n)
    await expect(whose(cleo, 2)).toHaveText('Bea')
    await (await options(cleo, 2)).getByRole('button', { name: 'Stand by', exact: true }).click()
    await expect(turn(cleo, 2).getByText('You stand by.')).toBeVisible()
    await expect(whose(cleo, 4)).toHaveText('Bea')
    const third = await options(cleo, 3)
    await third.getByText('Ask somebody to take it').click()
    await third.getByRole('button', { name: 'Ask Bea' }).click()
    await expect(bea.getByRole('heading', { name: 'Cleo asks: can you take this one?' })).toBeVisible()
    await rota(ada, town, address)
    for (const [n, name] of [[1, 'Free'], [2, 'Bea'], [3, 'Cleo'], [4, 'Bea'], [5, 'Cleo']] as const) await expect(whose(ada, n)).toHaveText(name)
    for (const page of [bea, cleo]) await arrived(page, town)
    const before = { bea: await told(bea, town), cleo: await told(cleo, town) }
    for (const page of Object.values(phones)) await page.context().setOffline(true)

    // Days without signal, and tabs that were closed.
    for (const page of [bea, cleo]) {
      await rota(page, town, address)
      await take(page, 1)
      await expect(whose(page, 1)).toHaveText('You')
    }
    const second = await options(bea, 2)
    await second.getByRole('button', { name: 'I can’t, after all' }).click()
    await second.getByRole('button', { name: 'Yes, give it back' }).click()
    await expect(turn(bea, 2).getByRole('button', { name: /^I’ll do it/ })).toBeVisible()
    await bea.getByRole('button', { name: 'Yes, I’ll take it' }).click()
    await expect(whose(bea, 3)).toHaveText('You')
    await rota(ada, town, address)
    await (await options(ada, 4)).getByRole('link', { name: 'Move it, or call it off' }).click()
    await ada.getByLabel('From').fill('14:00')
    await ada.getByLabel('Until').fill('15:00')
    await ada.getByRole('button', { name: 'Move it' }).click()
    await expect(ada.getByRole('heading', { level: 1, name: CIRCLE })).toBeVisible()
    await rota(ada, town, address)
    await (await options(ada, 5)).getByRole('link', { name: 'Move it, or call it off' }).click()
    await ada.getByRole('button', { name: 'Not this time' }).click()
    await ada.getByRole('button', { name: 'Yes, call it off' }).click()
    await expect(ada.getByRole('heading', { level: 1, name: CIRCLE })).toBeVisible()
    for (const page of Object.values(phones)) {
      await rota(page, town, address)
      await page.reload()
      await expect(page.getByText(/wait(s)? on your phone/)).toBeVisible()
    }

    for (const who of order) {
      await phones[who].context().setOffline(false)
      // A turn that somebody had before is told on their screen: nothing waits, but there is something to look at.
      await expect(phones[who].getByText(/waits? on your phone|waiting to be sent/)).toHaveCount(0, { timeout: 60_000 })
    }

    // One rota, on all three.
    const first = order.find((who) => who !== 'ada') as 'bea' | 'cleo'
    const [winner, loser] = first === 'bea' ? ['Bea', 'Cleo'] : ['Cleo', 'Bea']
    const agreed = { 1: winner, 2: 'Cleo', 3: 'Bea', 4: 'Bea', 5: 'Not this time' } as Record<number, string>
    for (const [who, page] of Object.entries(phones)) {
      await rota(page, town, address)
      for (const [n, name] of Object.entries(agreed)) {
        const own = name.toLowerCase() === who
        await expect(whose(page, Number(n)), `turn ${n} on the phone of ${who}`).toHaveText(own ? 'You' : name)
      }
      await expect(turn(page, 4)).toContainText('2pm to 3pm')
      await expect(turn(page, 4)).toContainText('Moved, from')
    }

    // Who came second is told once, and offered to stand by.
    const second_ = phones[loser.toLowerCase() as Who]
    const lost = second_.locator('.slip').filter({ hasText: dayOf(1)[0] })
    await expect(lost).toHaveCount(1)
    await expect(lost).toContainText('It is somebody else’s now')

    // Everybody whose plan has changed has one line of it, and nobody else has one.
    const gained = async (who: 'bea' | 'cleo') => {
      const now = await told(phones[who], town)
      return Object.fromEntries(Object.entries(now).map(([what, count]) => [what, count - before[who][what]!]))
    }
    const lostOne = (who: string) => (loser === who ? 1 : 0)
    // The third of Cleo's was taken over as she had asked.
    await expect.poll(() => gained('cleo')).toEqual({ yours: 1, notYours: 1 + lostOne('Cleo'), off: 1, moved: 0 })
    await expect.poll(() => gained('bea')).toEqual({ yours: 0, notYours: lostOne('Bea'), off: 0, moved: 1 })
    expect(Object.values(await told(ada, town)), 'she did it herself').toEqual([0, 0, 0, 0])

    await rota(second_, town, address)
    await lost.getByRole('button', { name: 'Stand by for it' }).click()
    await expect(lost).toHaveCount(0)
    await second_.reload()
    await stands(second_)
    await expect(lost, 'once').toHaveCount(0)
    await rota(second_, town, address)
    await expect((await options(second_, 1)).getByText('You stand by.')).toBeVisible()
    for (const page of Object.values(phones)) await arrived(page, town)
  })
}

/** All that a page says to whoever can't see it, but the name, the hour and the code. */
async function seen(page: Page, town: Town, path: string, name: string): Promise<string> {
  await page.goto('about:blank')
  await page.goto(town.url + path)
  await stands(page)
  await page.getByText(/^Looking up/).waitFor({ state: 'detached' })
  const said = await page.locator('body').ariaSnapshot()
  return said.replaceAll(name, 'NAME').replace(/\b\d{1,2}(:\d\d)?(am|pm)\b|\bmid(day|night)\b/g, 'HOUR').replace(/[A-Z0-9]{4}(-[A-Z0-9]{4}){3}/gi, 'CODE')
}

/** Every screen that somebody has who is nothing but a member. */
const SCREENS = ['/', '/circles', '/asks', '/day', '/plans', '/notices', '/you', '/you/blocks', '/you/report', '/you/helpers', '/you/helping', '/you/known', '/card', '/outbox', '/about', '/privacy']

test('whoever is kept away sees on every screen what whoever was taken off sees, and the link says what a link that has ended says', async ({ browser, page: ada, town }) => {
  const [bea, cleo] = [(await otherPhone(browser)).page, (await otherPhone(browser)).page]
  await joinAs(ada, town, 'resident')
  await openFront(ada, town)
  const [address, link] = await circle(ada, town)
  for (const [page, name] of [[bea, 'Bea'], [cleo, 'Cleo']] as const) {
    await joinCircle(page, link, name)
    await kept(page)
  }
  for (const [page, n] of [[bea, 1], [cleo, 2]] as const) {
    await rota(page, town, address)
    await take(page, n)
    await expect(whose(page, n)).toHaveText('You')
  }
  for (const page of [bea, cleo]) await arrived(page, town)

  await ada.goto(`${town.url}${address}/people`)
  const decide = async (name: string, what: string, sure: string) => {
    await ada.getByText(`More about ${name}`).click()
    await ada.getByRole('button', { name: new RegExp(`^${what} ?: ${name}$`) }).click()
    await ada.getByRole('button', { name: sure }).click()
    await expect(ada.getByText(`More about ${name}`)).toHaveCount(0)
  }
  await decide('Bea', 'Keep them away', 'Yes, keep them away')
  await decide('Cleo', 'Take them off', 'Yes, take them off')
  await expect(ada.getByRole('heading', { name: 'Kept away' })).toBeVisible()
  await arrived(ada, town)
  for (const page of [bea, cleo]) {
    await page.goto(`${town.url}/circles`)
    await expect(page.getByText('You are in no circle yet.')).toBeVisible()
    // What they were told is in.
    await page.goto(`${town.url}/notices`)
    await expect(page.locator('main .what', { hasText: 'A circle that you were in is over for you' })).toHaveCount(1)
  }

  // NB! What of a page comes a moment later is waited for, on both.
  const same = (path: string) => expect(async () => expect(await seen(bea, town, path, 'Bea'), path).toBe(await seen(cleo, town, path, 'Cleo'))).toPass({ timeout: 30_000 })
  for (const path of [...SCREENS, address, `${address}/people`, `${address}/invite`]) await same(path)
  for (const page of [bea, cleo]) {
    await page.goto(`${town.url}/you/known`)
    await page.getByRole('button', { name: 'Show me everything' }).click()
    await expect(page.getByText('circleHelpers').or(page.getByText(/circle/i)).first()).toBeVisible()
  }
  // Ids, hours, and what the stream counts of all that the town writes: how many rows each has is compared.
  const everything = async (page: Page, name: string) => (await page.locator('main').ariaSnapshot()).replaceAll(name, 'NAME').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z|\b\d{1,2}(:\d\d)?(am|pm)\b|\b[a-z0-9]{15}\b/g, 'X').replace(/(Seq|Head|Checksum): \d+/g, '$1')
  await expect(async () => expect(await everything(bea, 'Bea')).toBe(await everything(cleo, 'Cleo'))).toPass({ timeout: 15_000 })

  // The link, which others can still use: who was sent away is told by it what somebody else is told of one that has ended.
  const path = link.slice(new URL(link).origin.length)
  const femi = (await otherPhone(browser)).page
  await joinAs(femi, town, 'listener')
  await openFront(femi, town)
  await same(path)
  const refused = async (page: Page) => {
    await page.goto(town.url + path)
    await expect(page.getByText('This invite has run out. Ask for a new one.')).toBeVisible()
    await expect(page.getByRole('button', { name: /^Join/ })).toHaveCount(0)
    return page.locator('main').ariaSnapshot()
  }
  const [ofBea, ofCleo] = [await refused(bea), await refused(cleo)]
  await femi.goto(link)
  await expect(femi.getByRole('button', { name: 'Join as Femi' })).toBeVisible()
  await ada.goto(`${town.url}${address}/invite`)
  await ada.getByRole('button', { name: 'End this link' }).click()
  await ada.getByRole('button', { name: 'Yes, end it' }).click()
  await expect(ada.getByRole('button', { name: 'Make a link' })).toBeVisible()
  await arrived(ada, town)
  await femi.goto(town.url)
  const ofFemi = await refused(femi)
  expect([ofBea, ofCleo]).toEqual([ofFemi, ofFemi])
  for (const one of [path, address, '/circles']) await same(one)
})
