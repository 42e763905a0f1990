/**
 * Somebody new to Kith opens a link that a neighbour sent, and has taken a turn before they know what Kith is: the page
 * counts their taps. And: the same link for somebody who has joined already, once it is over, and on paper.
 */
import type { Page } from '@playwright/test'
import { expect, joinAs, openFront, otherPhone, stands, test, type Town } from './town'

const CIRCLE = 'Thursdays with Ada'
const DAY_MS = 86_400_000

test.describe.configure({ timeout: 240_000 })

/** The day in London, so many days ahead. */
const day = (ahead: number): string => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/London', dateStyle: 'short' }).format(Date.now() + ahead * DAY_MS)

/** A circle around whoever uses this phone, with something to help with every week from the day after tomorrow on. Answers its address. */
async function aCircle(page: Page, town: Town): Promise<string> {
  await openFront(page, town)
  await page.goto(`${town.url}/circles`)
  await page.getByRole('link', { name: 'Start a circle' }).click()
  await page.getByLabel('What the circle is called').fill(CIRCLE)
  await page.getByLabel('The first name that helpers use').fill('Ada')
  await page.getByLabel(/^Yes, I would like that/).check()
  await page.getByRole('button', { name: 'Start the circle' }).click()
  await page.getByRole('heading', { level: 1, name: CIRCLE }).waitFor()
  const address = page.url()
  await page.getByRole('link', { name: 'Add something to help with' }).click()
  await page.getByLabel('To', { exact: true }).fill('the salon on Rye Lane')
  await page.getByLabel('First or next day').fill(day(2))
  await page.getByLabel('Starts').fill('10:30')
  await page.getByLabel('Ends', { exact: true }).fill('12:00')
  await page.getByRole('button', { name: 'Add it to the rota' }).click()
  await expect(page.getByRole('heading', { name: 'The rota' })).toBeVisible()
  return address
}

/** The link of a circle, as it stands in the text that is sent. */
async function linkOf(page: Page, circle: string): Promise<string> {
  await page.goto(`${circle}/invite`)
  await page.getByRole('button', { name: 'Make a link' }).click()
  const text = page.locator('p.text')
  const link = /http\S+\/join#\S+/.exec(await text.innerText())?.[0] ?? ''
  expect(link).not.toBe('')
  // It works for others once it was sent. NB! Not by how it begins: before the words stands a sign.
  await expect(page.getByText('Saved on this phone. The link works once it has been sent.')).toHaveCount(0)
  return link
}

/** From here on the page counts what a person taps. Typing isn't tapping. */
const countTaps = (page: Page) => page.addInitScript(() => {
  const counted = Number(sessionStorage.getItem('taps') ?? 0)
  let taps = counted
  addEventListener('click', (event) => event.isTrusted && sessionStorage.setItem('taps', String(++taps)), true)
})
const taps = (page: Page) => page.evaluate(() => Number(sessionStorage.getItem('taps') ?? 0))

test('from a shared link to having taken a turn: four taps at most, for somebody new to Kith', async ({ browser, page: organiser, town }) => {
  await joinAs(organiser, town, 'activator')
  const circle = await aCircle(organiser, town)
  const link = await linkOf(organiser, circle)

  const { page } = await otherPhone(browser)
  await countTaps(page)
  await page.goto(link)
  await expect(page.getByText(`to help: ${CIRCLE}`)).toBeVisible()
  await expect(page.locator('input[type=email], input[type=password], input[type=tel]')).toHaveCount(0)
  await page.getByLabel('Your first name').click()
  await page.keyboard.type('Samira')
  await page.getByRole('button', { name: 'Join and see the turns' }).click()
  await expect(page.getByRole('heading', { level: 1, name: CIRCLE })).toBeVisible()
  // Those who keep the circle in order have it before them, and it changes there.
  await organiser.goto(circle)
  await expect(organiser.getByText('What you can do').first()).toBeVisible()
  await page.getByRole('button', { name: 'I’ll do it', exact: true }).click()
  await expect(page.getByText('Thank you. It’s yours.')).toBeVisible()
  await expect(page.getByRole('heading', { name: 'You’re on' })).toBeVisible()
  const tapped = await taps(page)
  expect(tapped, 'counted by the page').toBeGreaterThan(0)
  expect(tapped).toBeLessThanOrEqual(4)
  expect(page.url(), 'the code need not stay in the address').toBe(circle)
  await expect(page.getByText('Copeland'), 'no address before the evening before').toHaveCount(0)
  await page.getByRole('link', { name: 'My plans' }).click()
  await page.getByRole('link', { name: 'A walk there and back, with Ada' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'On the day' })).toBeVisible()

  // It has arrived: those who keep the circle in order see who comes, and who helps.
  await expect(organiser.locator('.who').filter({ hasText: 'Samira' }).first(), 'not only that she helps, but when').toBeVisible()
  // Whoever only looks at what can be done, and saves, takes it from nobody.
  await organiser.getByText('What you can do').first().click()
  await organiser.getByRole('button', { name: 'Write it down' }).first().click()
  await expect(organiser.getByRole('combobox').first()).toHaveValue(/./)
  await organiser.goto(`${town.url}/outbox`)
  await expect(organiser.getByText('Everything you did has arrived.')).toBeVisible()
  await organiser.goto(circle)
  await expect(organiser.locator('.who').filter({ hasText: 'Samira' }).first()).toBeVisible()
  await organiser.getByRole('link', { name: 'Who helps' }).click()
  await expect(organiser.getByText('Came by your link').or(organiser.getByText('Known here')).first()).toBeVisible()
})

test('whoever has joined already joins the circle in one tap, and a link that has ended says so', async ({ browser, page: organiser, town }) => {
  await joinAs(organiser, town, 'activator')
  const circle = await aCircle(organiser, town)
  const link = await linkOf(organiser, circle)
  const [first, second] = [(await otherPhone(browser)).page, (await otherPhone(browser)).page]
  await joinAs(first, town, 'resident')
  await joinAs(second, town, 'listener')

  await first.goto(link)
  await first.getByRole('button', { name: 'Join as Maya' }).click()
  await expect(first.getByRole('heading', { level: 1, name: CIRCLE })).toBeVisible()
  await expect(first.getByRole('heading', { name: 'Can you help?' })).toBeVisible()
  await first.getByRole('link', { name: 'Circles', exact: true }).click()
  await expect(first.getByRole('link', { name: new RegExp(CIRCLE) })).toBeVisible()

  await organiser.goto(`${circle}/invite`)
  await organiser.getByRole('button', { name: 'End this link' }).click()
  await organiser.getByRole('button', { name: 'Yes, end it' }).click()
  await expect(organiser.getByRole('button', { name: /^Make a/ })).toBeVisible()
  await expect(organiser.getByText(/waiting to be sent/)).toHaveCount(0)
  await second.goto(link)
  await stands(second)
  await expect(second.getByRole('button', { name: /^Join as/ })).toHaveCount(0)
  await expect(second.getByText(/invite/i).first()).toBeVisible()
})

test('the link can be sent as plain text, and printed; nobody but those who keep the circle makes one', async ({ browser, page: organiser, town }) => {
  await joinAs(organiser, town, 'activator')
  const circle = await aCircle(organiser, town)
  const link = await linkOf(organiser, circle)
  const sent = new URL((await organiser.getByRole('link', { name: 'Send by WhatsApp' }).getAttribute('href')) ?? '')
  expect([sent.origin, sent.searchParams.get('text')]).toEqual(['https://wa.me', await organiser.locator('p.text').innerText()])
  await organiser.emulateMedia({ media: 'print' })
  await expect(organiser.locator('.poster').getByText('Could you take a turn?')).toBeVisible()
  await expect(organiser.locator('.poster').getByText(link.split('#')[1]!)).toBeVisible()
  await organiser.emulateMedia({ media: 'screen' })

  const { page: helper } = await otherPhone(browser)
  await joinAs(helper, town, 'resident')
  await helper.goto(link)
  await helper.getByRole('button', { name: 'Join as Maya' }).click()
  await expect(helper.getByRole('heading', { level: 1, name: CIRCLE })).toBeVisible()
  for (const part of ['invite', 'edit', 'slot']) {
    await helper.goto(`${circle}/${part}`)
    await expect(helper.getByText('Only those who keep this circle in order can change it.')).toBeVisible()
  }
  await helper.goto(`${circle}/people`)
  await expect(helper.getByText('Only those who keep this circle in order see who helps.')).toBeVisible()
})
