/**
 * Nobody walks in alone: a newcomer says how they'd like to be met, a buddy says yes, and who isn't there the next time is
 * rung, by their buddy and nobody else.
 */
import type { Locator, Page } from '@playwright/test'
import { letAct } from './helping'
import { addDays, expect, joinAs, kept, noted, openFront, otherPhone, stands, test, verb, type Town } from './town'

const GROUP = 'Soup on Thursdays'
/** Of the demo town: Pearl runs it, Femi and Winston are buddies there, Odette has offered, and Hyacinth is coming. */
const LUNCH = 'Lunch club by the green'
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

test.describe.configure({ timeout: 240_000 })

const wall = (ms: number): [day: string, time: string] => {
  const [day, time] = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/London', dateStyle: 'short', timeStyle: 'short' }).format(ms).split(' ') as [string, string]
  return [day, time]
}

/** A group of this phone's person that met a fortnight ago and a week ago, and does so again in two hours. Answers its id. */
async function aGroup(page: Page, town: Town): Promise<string> {
  const [on, time] = wall(Date.now() + 2 * HOUR_MS)
  await page.goto(`${town.url}/groups/new`)
  await page.getByLabel('Its name').fill(GROUP)
  await page.getByLabel('First or next day').fill(addDays(on, -14))
  await page.getByLabel('Starts').fill(time)
  await page.getByLabel('Every week').check()
  await page.getByLabel('It has no place, or it is online').check()
  await page.getByRole('button', { name: 'Put it up' }).click()
  return ((await page.getByRole('link', { name: GROUP }).getAttribute('href')) ?? '').slice(3)
}

const groupOf = (page: Page, name: string) => page.locator('section').filter({ has: page.getByRole('heading', { level: 2, name }) })

/** The demo town's lunch club, as an address's end. */
async function lunch(page: Page, town: Town): Promise<string> {
  await page.goto(`${town.url}/groups`)
  return ((await page.getByRole('heading', { level: 2, name: LUNCH }).getByRole('link').getAttribute('href')) ?? '').slice(3)
}

/** What is sent has arrived: nothing waits on this phone. */
async function arrived(page: Page, town: Town): Promise<void> {
  await page.goto(`${town.url}/outbox`)
  await expect(page.getByText('Everything you did has arrived.')).toBeVisible()
}

const card = (page: Page, text: string | RegExp): Locator => page.locator('.slip').filter({ hasText: text })

/** As if a pairing had been open for three weeks: what a superuser may do on the machine itself. */
async function longAgo(town: Town, listing: string): Promise<void> {
  verb(town, 'superuser', 'upsert', 'e2e@example.org', 'of this test alone')
  const api = async (method: string, path: string, token: string, body?: object) => {
    const answer = await fetch(`${town.url}/api/collections/${path}`, { method, headers: { 'Content-Type': 'application/json', Authorization: token }, ...(body ? { body: JSON.stringify(body) } : {}) })
    expect(answer.ok, await answer.clone().text()).toBe(true)
    return (await answer.json()) as { token: string; items: { id: string }[] }
  }
  const { token } = await api('POST', '_superusers/auth-with-password', '', { identity: 'e2e@example.org', password: 'of this test alone' })
  const { items } = await api('GET', `pairings/records?filter=${encodeURIComponent(`listing='${listing}'`)}`, token)
  expect(items, 'one open pairing a person and group').toHaveLength(1)
  await api('PATCH', `pairings/records/${items[0]!.id}`, token, { opened: new Date(Date.now() - 21 * DAY_MS).toISOString() })
}

/** At the door of a session: taps a name, or says that this was everybody. */
const tick = (page: Page, who: string) => page.locator('button.name').filter({ has: page.getByText(who, { exact: true }) })

test('a newcomer says yes, a buddy is found, and who isn’t there the next time is one task, to the buddy alone', async ({ browser, page: host, town }) => {
  await joinAs(host, town, 'activator')
  const id = await aGroup(host, town)
  const [buddy, newcomer] = [(await otherPhone(browser)).page, (await otherPhone(browser)).page]
  await joinAs(buddy, town, 'listener')
  await joinAs(newcomer, town, 'resident')

  // Somebody offers; those who run it say yes.
  await openFront(buddy, town)
  await buddy.goto(`${town.url}/l/${id}`)
  await buddy.getByRole('link', { name: /^Be a buddy here/ }).click()
  await buddy.getByLabel('Singing').check()
  await buddy.getByRole('button', { name: 'Offer to be a buddy' }).click()
  await expect(buddy.getByText('The people who run it haven’t answered yet.')).toBeVisible()
  await host.goto(`${town.url}/buddies/${id}`)
  await host.getByRole('button', { name: 'Yes, Femi can be a buddy' }).click()
  await expect(buddy.getByText('You are a buddy here.')).toBeVisible()

  // Only what they choose is said.
  await openFront(newcomer, town)
  await newcomer.goto(`${town.url}/l/${id}/come`)
  await newcomer.getByLabel(/Walk with me/).check()
  await newcomer.getByLabel('It’s my first time here').check()
  await newcomer.getByText('Tell them more, if you like').click()
  await newcomer.getByLabel('In your words').fill('I am slow on stairs.')
  await newcomer.getByLabel('Singing').check()
  await expect(newcomer.getByText('“Maya” is coming and would like somebody to walk with them. It’s the first time. They like singing. “I am slow on stairs.” Nothing else.')).toBeVisible()
  await newcomer.getByRole('button', { name: 'Say I’d like to come' }).click()
  await expect(newcomer.getByText('They know you’re coming')).toBeVisible()

  // The host finds a buddy; until that one says yes the newcomer hears nothing.
  const maya = card(host, 'I am slow on stairs.')
  await expect(maya).toContainText('First time')
  await expect(maya).toContainText('Would like somebody to walk with them')
  await expect(maya).toContainText('both like singing')
  await maya.getByRole('button', { name: 'Ask Femi' }).click()
  await expect(card(host, 'Femi has been asked')).toContainText('Maya')
  await buddy.goto(`${town.url}/buddies`)
  await expect(buddy.getByRole('heading', { name: 'Would you look out for Maya?' })).toBeVisible()
  await expect(buddy.getByText('I am slow on stairs.'), 'that was said to those who run it').toHaveCount(0)
  await expect(newcomer.getByText('looks out for you')).toHaveCount(0)
  await buddy.getByRole('button', { name: 'Yes, I will' }).click()
  await expect(newcomer.getByRole('heading', { name: 'Femi looks out for you' })).toBeVisible()

  // A number, if they like; and taken back again.
  await newcomer.getByLabel('Your number, so that Femi can ring you').fill('020 7946 0123')
  await newcomer.getByRole('button', { name: 'Give it to Femi' }).click()
  await expect(buddy.getByRole('link', { name: /^Ring Maya on 020.7946.0123$/ })).toBeVisible()
  await host.goto(`${town.url}/buddies/${id}`)
  await expect(card(host, 'Femi looks out for them')).toContainText('Maya')
  await expect(host.getByText('0123'), 'it is the buddy’s alone').toHaveCount(0)

  // Two sessions later. The register of the first names her, that of the second doesn't.
  await longAgo(town, id)
  await host.goto(`${town.url}/groups`)
  const group = groupOf(host, GROUP)
  await group.getByRole('link', { name: /^Open the door/ }).first().click()
  await tick(host, 'Maya').click()
  await expect(tick(host, 'Maya')).toHaveAttribute('aria-pressed', 'true')
  await tick(host, 'Maya').click()
  await expect(tick(host, 'Maya')).toHaveAttribute('aria-pressed', 'false')
  await host.goto(`${town.url}/groups`)
  const typed = group.getByRole('link', { name: /^(Type it in|See or correct)/ })
  await expect(typed).toHaveCount(2)
  const doors = await typed.evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''))
  await host.goto(town.url + doors[1])
  await tick(host, 'Maya').click()
  await host.getByRole('button', { name: 'That’s everybody' }).click()
  await expect(host.getByText('That was everybody')).toBeVisible()
  await arrived(host, town)
  await buddy.reload()
  await expect(buddy.getByRole('heading', { name: 'You look out for Maya' })).toBeVisible()
  const ring = buddy.getByRole('link', { name: 'Give Maya a ring' })
  await expect(ring, 'she was there').toHaveCount(0)
  await host.goto(town.url + doors[0])
  await expect(tick(host, 'Maya')).toHaveAttribute('aria-pressed', 'false')
  await host.getByRole('button', { name: 'That’s everybody' }).click()

  await expect(ring).toHaveCount(1)
  const address = await ring.getAttribute('href')
  await arrived(host, town)
  for (const other of [host, newcomer]) {
    await other.goto(town.url + address)
    await expect(other.getByText('There is nobody to ring')).toBeVisible()
  }
  await newcomer.getByRole('link', { name: 'All that you do as a buddy' }).click()
  await expect(newcomer.getByRole('heading', { name: 'Femi looks out for you' })).toBeVisible()
  await expect(newcomer.getByText(/weren’t there/)).toHaveCount(0)
  await host.goto(`${town.url}/buddies/${id}`)
  await expect(card(host, 'Femi looks out for them')).toBeVisible()
  await expect(host.getByText(/Nobody has reached|weren’t there/)).toHaveCount(0)

  // It is told to the buddy alone, with neither a name nor a reason.
  const told = (page: Page) => page.getByRole('listitem').filter({ hasText: /give somebody a ring/i })
  for (const [other, heard] of [[host, 'Somebody would like to come'], [newcomer, 'Somebody looks out for you']] as const) {
    await other.goto(`${town.url}/notices`)
    await expect(other.getByRole('listitem').filter({ hasText: heard }).first(), 'their inbox is there').toBeVisible()
    await expect(told(other)).toHaveCount(0)
  }
  await buddy.goto(`${town.url}/notices`)
  const notice = told(buddy).filter({ has: buddy.locator(`a[href="${address}"]`) })
  await expect(notice).toHaveCount(1)
  await expect(notice).not.toContainText(/Maya|Soup|miss|weren’t|wasn’t|came|come/)
  await buddy.goto(`${town.url}/buddies`)

  // It went well enough, and she needs something: a quiet word begins, and nothing of that is written down.
  await ring.click()
  await expect(buddy.getByRole('link', { name: /^Ring Maya on 020.7946.0123$/ })).toBeVisible()
  await buddy.getByRole('button', { name: 'They need something' }).click()
  await buddy.getByLabel('Yes, and they’re fine with it').check()
  await expect(buddy.getByLabel('Their name')).toHaveValue('Maya')
  await buddy.getByRole('button', { name: 'Close now' }).click()
  await buddy.goto(`${town.url}/buddies`)
  await expect(ring).toHaveCount(0)
  await expect(buddy.getByText('You spoke')).toBeVisible()
  await arrived(buddy, town)
})

test('with no signal: no answer is noted once, can be taken back, and goes by itself; that they spoke after all is said later', async ({ page, town }) => {
  await joinAs(page, town, 'listener')
  await openFront(page, town)
  await kept(page)
  await page.goto(`${town.url}/buddies`)
  const ring = page.getByRole('link', { name: 'Give Stan a ring' })
  await expect(ring).toHaveCount(1)
  await town.stop()
  await ring.click()
  await expect(page.getByRole('link', { name: /^Ring Stan on 020.7946.0771$/ })).toHaveAttribute('href', 'tel:02079460771')
  await page.getByRole('button', { name: 'No answer' }).click()
  await expect(page.getByRole('heading', { name: 'That’s all for now' })).toBeFocused()
  await page.reload()
  await expect(page.getByText('You said that there was no answer.')).toBeVisible()
  await page.getByRole('button', { name: 'Undo: I haven’t rung yet' }).click()
  await page.getByRole('button', { name: 'No answer' }).click()
  await expect(page.getByRole('heading', { name: 'If that isn’t so' })).toBeVisible()
  await town.start()
  await arrived(page, town)
  await page.goto(`${town.url}/buddies`)
  await stands(page)
  await expect(ring).toHaveCount(0)
  await page.getByRole('link', { name: 'Stan', exact: true }).click()
  await page.getByRole('button', { name: 'They’re fine' }).click()
  await expect(page.getByRole('heading', { name: 'Thank you', exact: true })).toBeFocused()
  const call = page.url()
  await arrived(page, town)
  await page.goto(call)
  await expect(page.getByText('You spoke with them.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'They’re fine' })).toHaveCount(0)
})

test('minds change and nobody explains: an offer is let in, a buddy declines, another is asked, and it ends', async ({ browser, page: host, town }) => {
  await joinAs(host, town, 'activator')
  await openFront(host, town)
  const id = await lunch(host, town)
  const buddy = (await otherPhone(browser)).page
  await joinAs(buddy, town, 'listener')
  await openFront(buddy, town)
  await host.goto(`${town.url}/buddies/${id}`)
  await host.getByRole('button', { name: 'Yes, Odette can be a buddy' }).click()

  const hyacinth = card(host, 'I used to sing in a choir.')
  await expect(hyacinth.getByRole('button').first(), 'who likes the same stands first').toHaveText(/Ask Odette/)
  await hyacinth.getByRole('button', { name: 'Ask Femi' }).click()
  await buddy.goto(`${town.url}/buddies`)
  await buddy.getByRole('button', { name: /^Not this time ?: Hyacinth/ }).click()
  await expect(buddy.getByText('Would you look out for Hyacinth?')).toHaveCount(0)
  const pair = card(host, 'Hyacinth')
  await expect(pair).toContainText('Femi can’t this time')
  await pair.getByRole('button', { name: 'Ask somebody else' }).click()
  await expect(pair.getByRole('button', { name: 'Ask Femi' })).toHaveCount(0)
  await pair.getByRole('button', { name: 'Ask Winston' }).click()
  await expect(pair).toContainText('Winston has been asked')
  await pair.getByRole('button', { name: 'End it' }).click()
  await pair.getByRole('button', { name: 'Yes, end it' }).click()
  await expect(card(host, 'I used to sing in a choir.'), 'she can be asked for anew').toBeVisible()

  // A buddy who can't any more: whom they looked out for waits for another.
  await expect(buddy.getByRole('heading', { name: 'You look out for Stan' })).toBeVisible()
  await buddy.goto(`${town.url}/buddies/${id}`)
  await buddy.getByRole('button', { name: 'Stop being a buddy here' }).click()
  await buddy.getByRole('button', { name: 'Yes, stop' }).click()
  await expect(buddy.getByRole('button', { name: 'Offer to be a buddy' })).toBeVisible()
  await expect(card(host, 'Has no buddy any more')).toContainText('Stan')
  await buddy.goto(`${town.url}/buddies`)
  await expect(buddy.getByText('You look out for nobody just now.')).toBeVisible()
  await expect(buddy.getByText(/0771/)).toHaveCount(0)
  await arrived(buddy, town)
  await arrived(host, town)
})

test('who acts for somebody sees who looks out for them, and says no thanks in their place', async ({ browser, page: host, town }) => {
  await joinAs(host, town, 'activator')
  await openFront(host, town)
  const id = await lunch(host, town)
  const [newcomer, buddy] = [(await otherPhone(browser)).page, (await otherPhone(browser)).page]
  await joinAs(newcomer, town, 'resident')
  await joinAs(buddy, town, 'listener')
  await letAct(newcomer, host, town)
  await host.getByRole('link', { name: 'Who you act for' }).click()
  await host.getByRole('button', { name: 'Do something for Maya' }).click()
  await expect(host.getByText('For Maya', { exact: true })).toBeVisible()
  await noted(host)
  await host.goto(`${town.url}/l/${id}/come`)
  await host.getByLabel(/Please meet me at the door/).check()
  await host.getByRole('button', { name: 'Say I’d like to come' }).click()
  await expect(host.getByText('They know you’re coming')).toBeVisible()
  await host.goto(`${town.url}/buddies/${id}`)
  await card(host, 'Maya').getByRole('button', { name: 'Ask Femi' }).click()
  await buddy.goto(`${town.url}/buddies`)
  await buddy.getByRole('button', { name: /^Yes, I will ?: Maya/ }).click()
  await host.goto(`${town.url}/plans`)
  await expect(host.getByText('Femi looks out for you.')).toBeVisible()
  await host.goto(`${town.url}/l/${id}/come`)
  await host.getByRole('button', { name: /^No thanks/ }).click()
  await host.getByRole('button', { name: 'Yes, end it' }).click()
  await expect(host.getByText('Femi looks out for you')).toHaveCount(0)
  await expect(host.getByText('They know you’re coming'), 'and comes all the same').toBeVisible()
  await expect(buddy.getByText('Maya')).toHaveCount(0)
  await host.goto(`${town.url}/buddies/${id}`)
  await stands(host)
  await expect(host.getByRole('button', { name: /^Ask Femi ?: Maya/ }), 'whoever said no thanks isn’t asked for again').toHaveCount(0)
  await arrived(host, town)
})

test('“Ask for me”: everybody sees an activator’s card, also with no account, and one tap hides it', async ({ browser, page: host, town }) => {
  const [visitor, neighbour] = [(await otherPhone(browser)).page, (await otherPhone(browser)).page]
  await joinAs(host, town, 'activator')
  await openFront(host, town)
  const id = await lunch(host, town)
  await joinAs(neighbour, town, 'resident')
  for (const page of [visitor, neighbour]) {
    await openFront(page, town)
    await page.goto(`${town.url}/l/${id}`)
    await expect(page.getByText('Ask for Pearl')).toBeVisible()
  }
  await host.getByRole('button', { name: 'Hide it' }).click()
  await expect(host.getByRole('link', { name: 'Put up a card: “Ask for me”' })).toBeVisible()
  await expect(neighbour.getByText('Ask for Pearl')).toHaveCount(0)
  await host.getByRole('link', { name: 'Put up a card: “Ask for me”' }).click()
  await host.getByLabel('One line, if you like').fill('Look for the red hat.')
  await host.getByRole('button', { name: 'Show it to everybody' }).click()
  await expect(host.getByRole('main').getByText('Everybody sees your card.')).toBeVisible()
  await expect(neighbour.getByText('Look for the red hat.')).toBeVisible()
  await arrived(host, town)
})

test('a call list on paper: names from the register, what to say, and lines for a hand', async ({ page, town }) => {
  await joinAs(page, town, 'activator')
  await openFront(page, town)
  await page.goto(`${town.url}/sheet/${await lunch(page, town)}`)
  await page.getByLabel('To ask how they are').check()
  await page.getByLabel('Beryl').uncheck()
  await page.emulateMedia({ media: 'print' })
  await expect(page.getByText('We missed you.')).toBeVisible()
  await expect(page.getByRole('button')).toHaveCount(0)
  await expect(page.getByRole('cell', { name: 'Clive' })).toBeVisible()
  await expect(page.getByRole('cell', { name: 'Beryl' })).toHaveCount(0)
  const sheet = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
  expect(sheet.match(/\/Type\s*\/Page\b(?!s)/g)?.length, 'one sheet, both sides at most').toBeLessThanOrEqual(2)
})
