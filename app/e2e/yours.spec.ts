import { filmed, withCamera } from './film'
import { letAct } from './helping'
import { expect, joinAs, noted, openFront, otherPhone, stands, test } from './town'

test('a lost phone: the printed card brings somebody back on another, and the first is shut out and forgets', async ({ browser, page, town }) => {
  const first = await otherPhone(browser)
  await joinAs(first.page, town, 'resident')
  await openFront(first.page, town)
  await first.page.goto(`${town.url}/you/card`)
  await first.page.getByRole('button', { name: 'Make a card' }).click()
  await expect(first.page.getByText('Your card is ready')).toBeVisible()
  await first.page.waitForFunction(() => !document.body.innerText.includes('waiting to be sent'))

  // The printed paper itself is filmed: what is printed is what must be read.
  await first.page.setViewportSize({ width: 800, height: 1100 })
  await first.page.emulateMedia({ media: 'print' })
  const film = await filmed(first.page, first.page.locator('.both'))
  const code = (await first.page.locator('.code').innerText()).replace(/\s+/g, '')
  expect(code).toMatch(/^[0-9A-Z]{16}$/)
  await first.page.emulateMedia({ media: 'screen' })
  // Only its hash has left the phone, and it is gone from the page once that is left.
  await first.page.goto(`${town.url}/plans`)

  const other = await withCamera(film)
  try {
    const context = await other.newContext({ viewport: { width: 390, height: 844 }, locale: 'en-GB', timezoneId: 'Europe/London', permissions: ['camera'] })
    const phone = await context.newPage()
    await phone.goto(`${town.url}/recover`)
    await phone.getByRole('button', { name: 'Scan the card' }).click()
    await phone.getByRole('button', { name: 'Yes, bring me back' }).click()
    await expect(phone.getByRole('heading', { level: 1, name: 'Welcome back, Maya' })).toBeVisible()

    await first.page.reload()
    await expect(first.page.getByText(/^This phone is not known here any more/)).toBeVisible()
    await first.page.goto(`${town.url}/you/devices`)
    await stands(first.page)
    await expect(first.page.getByText(/^Joined on/)).toHaveCount(0)

    await phone.getByRole('link', { name: 'Print a new card' }).click()
    await expect(phone.getByText('You have no card yet.')).toBeVisible()
    // Used up: the same card brings nobody back again.
    await page.goto(`${town.url}/recover#${code}`)
    await page.getByRole('button', { name: 'Yes, bring me back' }).click()
    await expect(page.getByRole('alert')).toBeVisible()
  } finally {
    await other.close()
  }
})

test('acting for somebody: offered on one phone, taken on another, done for them, seen by them, ended in one tap', async ({ browser, page, town }) => {
  await joinAs(page, town, 'resident')
  const helper = await otherPhone(browser)
  await joinAs(helper.page, town, 'activator')
  await openFront(helper.page, town)

  await letAct(page, helper.page, town)
  await helper.page.getByRole('link', { name: 'Who you act for' }).click()
  await helper.page.getByRole('button', { name: 'Do something for Maya' }).click()
  await expect(helper.page.getByText('For Maya', { exact: true })).toBeVisible()
  await noted(helper.page)
  const listing = await helper.page.getByRole('main').getByRole('listitem').getByRole('link').nth(12).getAttribute('href')
  await helper.page.goto(`${town.url}${listing}/come`)
  await expect(helper.page.getByText('For Maya', { exact: true })).toBeVisible()
  await expect(helper.page.getByLabel('Your first name, if you like')).toHaveValue('Maya')
  await helper.page.getByRole('button', { name: 'Say I’d like to come' }).click()
  await expect(helper.page.getByText('They know you’re coming')).toBeVisible()
  await helper.page.getByRole('button', { name: 'Back to myself' }).click()
  await expect(helper.page.getByText('For Maya', { exact: true })).toHaveCount(0)

  await page.goto(`${town.url}/plans`)
  await expect(page.getByText('They know you’re coming.')).toHaveCount(1)
  await page.goto(`${town.url}/you/helpers`)
  await page.getByText('Everything that was done (1)').click()
  await expect(page.getByText('Said: I’d like to come')).toBeVisible()
  await page.getByRole('button', { name: 'End it now' }).click()
  await expect(helper.page.getByText('For Maya', { exact: true })).toHaveCount(0)
  await helper.page.goto(`${town.url}/you/helping`)
  await stands(helper.page)
  await expect(helper.page.getByRole('button', { name: 'Do something for Maya' })).toHaveCount(0)
})
