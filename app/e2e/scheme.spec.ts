/**
 * A shop joins in minutes and leaves at any time, what it says of itself is on What's on, and the desk sees to rewards,
 * to what was put aside, to what shops owe each other and to the settings.
 */
import type { Browser, Page } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { mailedCode, mails } from './mail'
import { countTaps, LETTER_S, reads, TOUCH_S, waits } from './pace'
import { expect, joinAs, noted, otherPhone, test, type Town } from './town'

const THREE_MINUTES_S = 180
/** To hold a phone up to a code; and to find a mail, and six digits in it. */
const [SCAN_S, MAIL_S] = [5, 20]

const sent = (page: Page) => expect(page.getByText('Saved on this phone, not sent yet.')).toHaveCount(0)

/** Somebody who comes by for the first time sees it. */
async function sees(browser: Browser, address: string, look: (page: Page) => Promise<void>): Promise<void> {
  await expect(async () => {
    const { context, page } = await otherPhone(browser)
    await page.goto(address)
    await look(page).finally(() => context.close())
  }).toPass({ timeout: 60_000 })
}
const SOON = { timeout: 4_000 }

/** A neighbour who has joined, and looks at which shops take part. */
async function neighbourAtShops(browser: Browser, town: Town): Promise<Page> {
  const { page } = await otherPhone(browser)
  await joinAs(page, town, 'resident')
  await page.goto(`${town.url}/shops`)
  return page
}

/** The link of an invite that a coordinator makes for a shop's new owner. */
async function ownersInvite(page: Page, town: Town, shop: string): Promise<string> {
  await page.goto(`${town.url}/desk/shops/new`)
  await page.getByLabel('Its name').fill(shop)
  await page.getByRole('button', { name: 'Add the shop' }).click()
  await page.getByRole('link', { name: new RegExp(`^Invite an owner ?: ${shop}`) }).click()
  await page.getByRole('button', { name: 'Make the invite' }).click()
  const link = page.getByRole('link', { name: /\/join#/ })
  await expect(link).toBeVisible()
  await expect(page.getByText('It works for others once it has been sent.')).toHaveCount(0)
  return (await link.getAttribute('href')) ?? ''
}

test('a shop joins in under three minutes at the pace of a person, from the code that was given to them to a till that is open', async ({ browser, page, town }) => {
  await joinAs(page, town, 'coordinator')
  const link = await ownersInvite(page, town, 'The Button Tin')
  const phone = (await otherPhone(browser)).page
  const main = phone.getByRole('main')
  let seconds = SCAN_S
  /** What a machine takes is told, and not held to anything: other tests run beside this one. */
  let waited = await waits(() => phone.goto(link))
  const taps = await countTaps(phone)
  let letters = 0
  const type = async (label: string, text: string) => {
    await phone.getByLabel(label).click()
    await phone.getByLabel(label).fill(text)
    letters += text.length
  }
  const tap = async (name: string) => phone.getByRole('button', { name, exact: true }).click()

  await phone.getByText('You are invited').waitFor()
  await phone.getByLabel('Your first name').waitFor()
  seconds += await reads(main)
  await type('Your first name', 'Iris')
  await tap('Join')
  waited += await waits(() => phone.getByRole('link', { name: 'Set up my shop' }).waitFor())
  seconds += await reads(main)
  await phone.getByRole('link', { name: 'Set up my shop' }).click()
  await phone.getByRole('link', { name: 'Confirm this device' }).waitFor()
  seconds += await reads(main)
  await phone.getByRole('link', { name: 'Confirm this device' }).click()
  const before = mails(town)
  await phone.getByLabel('Your e-mail').waitFor()
  seconds += await reads(main)
  await type('Your e-mail', 'iris@button-tin.example')
  await tap('Send me a code')
  seconds += MAIL_S
  await type('The six digits', await mailedCode(town, 'iris@button-tin.example', before))
  await tap('Confirm')
  waited += await waits(() => phone.getByRole('link', { name: 'Go on to my shop' }).waitFor())
  await phone.getByRole('link', { name: 'Go on to my shop' }).click()
  const joining = seconds + (await taps()) * TOUCH_S + letters * LETTER_S

  const step = phone.getByRole('region', { name: /^Step/ })
  for (const [at, act] of [[1, () => tap('A biscuit with your tea')], [2, async () => undefined]] as const) {
    waited += await waits(() => phone.getByRole('heading', { name: new RegExp(`^Step ${at} of 3`) }).waitFor())
    seconds += await reads(step)
    await act()
    await tap('Save and go on')
  }
  waited += await waits(() => phone.getByRole('heading', { name: 'Step 3 of 3: This phone is a till' }).waitFor())
  seconds += await reads(step)
  await step.getByRole('button', { name: /till/ }).first().click()
  waited += await waits(() => phone.getByRole('heading', { name: 'You take part' }).waitFor())
  seconds += await reads(phone.getByRole('region', { name: 'You take part' }))

  const all = seconds + (await taps()) * TOUCH_S + letters * LETTER_S
  console.log(`a scripted person joins with a shop in ${all.toFixed(0)} s, ${(all - joining).toFixed(0)} s of them for the shop itself, and waits ${waited.toFixed(1)} s for the app`)
  expect(all).toBeLessThan(THREE_MINUTES_S)

  await sent(phone)
  await expect(phone.getByText('Monday to Saturday: 9am to 5:30pm')).toBeVisible()
  await expect(phone.getByRole('link', { name: 'Open the till' }).first()).toBeVisible()
})

test('each step of setting up can wait, and is done later', async ({ browser, page, town }) => {
  await joinAs(page, town, 'coordinator')
  const link = await ownersInvite(page, town, 'The Button Tin')
  const phone = await owner(browser, town, link)
  for (let step = 0; step < 3; step++) await phone.getByRole('button', { name: 'Later', exact: true }).click()
  await expect(phone.getByText('Still to do: Your perk, Your hours, This phone is a till.')).toBeVisible()
  await noted(phone)
  await phone.reload()
  await expect(phone.getByText('Still to do: Your perk, Your hours, This phone is a till.')).toBeVisible()
  await phone.getByRole('button', { name: 'Do it now' }).click()
  await expect(phone.getByRole('heading', { name: 'Step 1 of 3: Your perk' })).toBeFocused()
})

/** A phone on which the shop's own page is open, joined by that invite and confirmed by e-mail. */
async function owner(browser: Browser, town: Town, link: string): Promise<Page> {
  const { page } = await otherPhone(browser)
  await page.goto(link)
  await page.getByLabel('Your first name').fill('Iris')
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await page.getByRole('link', { name: 'Set up my shop' }).click()
  await page.getByRole('link', { name: 'Confirm this device' }).click()
  const before = mails(town)
  await page.getByLabel('Your e-mail').fill('iris@button-tin.example')
  await page.getByRole('button', { name: 'Send me a code' }).click()
  await page.getByLabel('The six digits').fill(await mailedCode(town, 'iris@button-tin.example', before))
  await page.getByRole('button', { name: 'Confirm', exact: true }).click()
  await page.getByRole('link', { name: 'Go on to my shop' }).click()
  await page.getByRole('heading', { level: 2, name: 'The Button Tin' }).waitFor()
  return page
}

test('what a shop says of itself is on What’s on for everybody, and one that gives health away is on no list', async ({ browser, page, town }) => {
  await joinAs(page, town, 'owner')
  await page.goto(`${town.url}/shop`)
  await page.getByRole('button', { name: /^Change ?: Perk/ }).click()
  await page.getByLabel('Your perk').fill('A scone that fell apart')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByRole('button', { name: /^Change ?: Perk/ })).toBeFocused()
  await page.getByRole('button', { name: /^Change ?: Chatty table/ }).click()
  await page.getByLabel('When is it?').fill('Fridays 3pm, under the clock')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('button', { name: /^Change ?: Open/ }).click()
  await page.getByRole('button', { name: 'Some days are different' }).click()
  await page.getByRole('group', { name: 'Days, line 2' }).getByLabel('Mon').check()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByRole('alert').getByRole('link')).toHaveText(['Two lines say different hours for the same time'])
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  await sent(page)

  await sees(browser, `${town.url}/#show=services&words=scone`, async (visitor) => {
    await expect(visitor.getByText('With your card: A scone that fell apart')).toBeVisible(SOON)
    await expect(visitor.getByText('Nothing found like that.')).toHaveCount(0)
    await visitor.getByRole('link', { name: 'Hours and rewards' }).click()
    await expect(visitor.getByRole('heading', { level: 1, name: 'Shops that take part' })).toBeVisible()
    await expect(visitor.getByText('Chatty table: Fridays 3pm, under the clock')).toBeVisible()
  })

  await page.getByRole('button', { name: 'We are a pharmacy or a clinic' }).click()
  await page.getByRole('button', { name: 'Yes, say “a local visit”' }).click()
  await expect(page.getByText('This shop is in a reward that people have or can get.').or(page.getByText('A coordinator can change that.'))).toBeVisible()
})

test('the poster has the shop’s perk and a square code, and nothing else is on the paper', async ({ page, town }) => {
  await joinAs(page, town, 'owner')
  await page.goto(`${town.url}/poster`)
  await page.getByRole('heading', { level: 1, name: 'Your poster' }).waitFor()
  await page.emulateMedia({ media: 'print' })
  const sheet = page.getByRole('article', { name: 'Your poster' })
  await expect(sheet.getByRole('img', { name: /square code/ })).toBeVisible()
  await expect(sheet.getByText('The Patient Teapot')).toBeVisible()
  await expect(page.getByRole('navigation')).toHaveCount(0)
  await expect(page.getByRole('button')).toHaveCount(0)
  const { width, height } = (await sheet.boundingBox())!
  expect([Math.round((width / 96) * 25.4), Math.round((height / 96) * 25.4)]).toEqual([178, 260])
})

test('leaving says first what happens, and then it does', async ({ browser, page, town }) => {
  const neighbour = await neighbourAtShops(browser, town)
  await expect(neighbour.getByRole('heading', { level: 2, name: 'The Patient Teapot' })).toBeVisible()
  await joinAs(page, town, 'owner')
  await page.goto(`${town.url}/shop`)
  await page.getByRole('button', { name: 'Take the shop out' }).click()
  const question = page.getByRole('group', { name: 'Take the shop out' })
  await expect(question).toContainText('Stamps that people have stay theirs.')
  await expect(question).toContainText('Its tills stop, and what they have not sent by then is lost')
  await page.getByRole('button', { name: 'No, leave it' }).click()
  await expect(page.getByRole('heading', { level: 2, name: 'The Patient Teapot' })).toBeVisible()
  await page.getByRole('button', { name: 'Take the shop out' }).click()
  await page.getByRole('button', { name: 'Yes, take it out' }).click()
  await expect(page.getByRole('main').getByText('The Patient Teapot has left. Thank you for having taken part.')).toBeVisible()
  await expect(page.getByRole('heading', { level: 2, name: 'The Patient Teapot' })).toHaveCount(0)
  await expect(neighbour.getByRole('heading', { level: 2, name: 'The Patient Teapot' })).toHaveCount(0)
  await expect(neighbour.getByRole('heading', { level: 2, name: 'The Mended Chair' })).toBeVisible()
  await page.goto(`${town.url}/outbox`)
  await expect(page.getByText('Nothing is waiting on this phone.')).toBeVisible()
})

test('a reward is paid for by shops whose shares add up; it is put up, changed, and ended', async ({ browser, page, town }) => {
  await joinAs(page, town, 'coordinator')
  await page.goto(`${town.url}/desk/scheme/new`)
  await page.getByLabel('What is it?').fill('A loaf of yesterday’s')
  await page.getByLabel('How many stamps?').fill('6')
  await page.getByLabel('What is it worth, in pounds?').fill('2.40')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('alert').getByRole('link')).toHaveText(['Make the shares add up to 100'])
  await page.getByLabel('The Patient Teapot', { exact: true }).check()
  await expect(page.getByLabel('Share of The Patient Teapot')).toHaveValue('100')
  await page.getByLabel('The Mended Chair', { exact: true }).check()
  await expect(page.getByLabel('Share of The Mended Chair')).toHaveValue('50')
  await page.getByLabel('Share of The Mended Chair').fill('30')
  await expect(page.getByText('20 still to share out.')).toBeVisible()
  await page.getByLabel('Share of The Patient Teapot').fill('70')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('The Mended Chair pays 30%, The Patient Teapot pays 70%').or(page.getByText('The Patient Teapot pays 70%, The Mended Chair pays 30%'))).toBeVisible()
  await sent(page)

  const neighbour = await neighbourAtShops(browser, town)
  await expect(neighbour.getByText('6 stamps: A loaf of yesterday’s')).toBeVisible()
  await page.getByRole('link', { name: /^Change ?: A loaf of yesterday’s/ }).click()
  await page.getByLabel('How many stamps?').fill('7')
  await page.getByRole('button', { name: 'Save' }).click()
  await sent(page)
  await expect(neighbour.getByText('7 stamps: A loaf of yesterday’s')).toBeVisible()
  await page.getByRole('button', { name: /^End it ?: A loaf/ }).click()
  await expect(page.getByText('Who has it on their card already can still use it.')).toBeVisible()
  await page.getByRole('button', { name: 'Yes, end it' }).click()
  await expect(neighbour.getByText('7 stamps: A loaf of yesterday’s')).toHaveCount(0)
  await expect(neighbour.getByText('6 stamps: A pot of tea for two')).toBeVisible()
})

test('settings outside of their bounds are told where they are, and what is right holds for everybody', async ({ browser, page, town }) => {
  await joinAs(page, town, 'coordinator')
  await page.goto(`${town.url}/desk/scheme/settings`)
  await page.getByLabel('Minutes in which a till can take a stamp back').fill('31')
  await page.getByLabel('Days that a card on a phone lasts').fill('91')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('alert').getByRole('link')).toHaveText([
    'Minutes in which a till can take a stamp back: enter a number from 1 to 30', 'Days that a card on a phone lasts: enter a number that ends in 0 or 5',
  ])
  await page.getByLabel('Minutes in which a till can take a stamp back').fill('5')
  await page.getByLabel('Days that a card on a phone lasts').fill('60')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved.', { exact: true })).toBeVisible()
  await sent(page)
  const second = (await otherPhone(browser)).page
  await joinAs(second, town, 'second')
  await second.goto(`${town.url}/desk/scheme/settings`)
  await expect(second.getByLabel('Minutes in which a till can take a stamp back')).toHaveValue('5')
  await expect(second.getByLabel('Days that a card on a phone lasts')).toHaveValue('60')
})

test('what was put aside is decided with its consequence in words, and can be taken back while it hasn’t been sent', async ({ page, town }) => {
  await joinAs(page, town, 'coordinator')
  await page.goto(`${town.url}/desk/scheme/reviews`)
  await page.getByText('You can’t see whose card it was').waitFor()
  const items = page.getByRole('main').getByRole('listitem')
  await expect.poll(() => items.count()).toBeGreaterThan(0)
  const before = await items.count()
  const decide = async () => {
    await items.first().getByRole('button', { name: /^Don’t count it|^Don’t pay|^Let the stamp stand/ }).click()
    await expect(items.first().getByText(/You can’t change it once it has been sent\.$/)).toBeVisible()
    await items.first().getByRole('button', { name: /^Yes, / }).click()
  }
  // The first is on its way, and nobody knows how far it has come; the second waits for it.
  town.hold()
  await decide()
  await expect(items).toHaveCount(before - 1)
  await decide()
  await expect(items).toHaveCount(before - 2)
  await expect(page.getByText('You said no to one. It has not been sent yet, so you can still take it back.')).toHaveCount(1)
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect(items).toHaveCount(before - 1)
  town.goOn()
  await sent(page)
  await page.reload()
  await expect(items, 'and the first was done').toHaveCount(before - 1)
})

test('what looked unusual accuses nobody, and is put away once somebody has read it', async ({ page, town }) => {
  await joinAs(page, town, 'coordinator')
  await page.goto(`${town.url}/desk/scheme/patterns`)
  await expect(page.getByText('This accuses nobody.', { exact: false })).toBeVisible()
  await expect(page.getByText('Nothing happens by itself.', { exact: false })).toBeVisible()
  const read = page.getByRole('button', { name: /^I’ve read it/ })
  await expect.poll(() => read.count()).toBeGreaterThan(0)
  const before = await read.count()
  await read.first().click()
  await expect(read).toHaveCount(before - 1)
  await expect(page.getByRole('button', { name: /^Show 1 that was read/ })).toBeVisible()
})

test('what shops owe each other is a table by month, and a file for a spreadsheet with the same sums', async ({ page, town }) => {
  await joinAs(page, town, 'coordinator')
  await page.goto(`${town.url}/desk/scheme/settlements`)
  const rows = page.getByRole('row')
  await expect.poll(() => rows.count()).toBeGreaterThan(1)
  const cells = await rows.evaluateAll((all) => all.slice(1).map((row) => [...row.children].map((cell) => cell.textContent)))
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'For a spreadsheet: this month' }).click()
  const lines = readFileSync(await (await saved).path(), 'utf8').trimEnd().split('\r\n').map((line) => line.slice(1, -1).split('","'))
  expect(lines[0]).toEqual(['Who pays', 'Who gets', 'Month', 'Reward', 'How often', 'Pounds'])
  expect(lines.slice(1).map(([payer, payee, , reward, count, pounds]) => [payer, payee, pounds, reward, count])).toEqual(cells)
  expect(new Set(lines.slice(1).map(([, , month]) => month)).size).toBe(1)
})

test('somebody without a phone gets a card on paper at the desk, and its page is the one to print', async ({ page, town }) => {
  await joinAs(page, town, 'coordinator')
  await page.goto(`${town.url}/desk/people/new`)
  await page.getByLabel('Their first name').fill('Walter')
  await page.getByRole('button', { name: 'Add them' }).click()
  await page.getByRole('heading', { level: 1, name: 'Walter' }).waitFor()
  await page.getByRole('button', { name: 'Print a card for them' }).click()
  await expect(page).toHaveURL(/\/card\/print#[a-z0-9]{15}$/)
  await expect(page.getByRole('img', { name: /A card to cut out .+ the letters [0-9A-Z]{4}-[0-9A-Z]{4}/ })).toBeVisible()
  await expect(page.getByText('Walter'), 'no name is on it').toHaveCount(0)
  await page.goBack()
  await page.getByRole('heading', { level: 1, name: 'Walter' }).waitFor()
  await page.getByRole('button', { name: 'They lost their card' }).click()
  await expect(page.getByText('Their stamps are kept for the next card.')).toBeVisible()
  await page.getByRole('button', { name: 'Yes, stop the lost card' }).click()
  await expect(page.getByRole('main').getByText('Stopped. Their stamps are kept.')).toBeVisible()
  await page.goto(`${town.url}/outbox`)
  await expect(page.getByText('Nothing is waiting on this phone.')).toBeVisible()
})
