/**
 * For you: what somebody does stands in the inbox of whom it matters to, on all their phones, leads to its screen, and
 * is read or new as they say, with signal or without.
 */
import type { Page } from '@playwright/test'
import { expect, joinAs, kept, openFront, otherPhone, test, type Town } from './town'

const READ = /^I’ve read this/
const UNDO = /^Undo: it’s still new/

const coming = (page: Page) => page.getByRole('listitem').filter({ hasText: 'Somebody would like to come to' })
const menu = (page: Page) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^You/ })

/** A group of the activator's, as an address. */
async function groupOf(page: Page, town: Town): Promise<string> {
  await joinAs(page, town, 'activator')
  await openFront(page, town)
  await page.goto(`${town.url}/groups`)
  return (await page.getByRole('heading', { level: 2 }).first().getByRole('link').getAttribute('href')) ?? ''
}

async function sayToCome(page: Page, town: Town, group: string): Promise<void> {
  await joinAs(page, town, 'resident')
  await page.goto(`${town.url}${group}/come`)
  await page.getByRole('button', { name: 'Say I’d like to come' }).click()
  await expect(page.getByText('They know you’re coming')).toBeVisible()
}

/** The id of the notice that a page marks as read, as it leaves. */
function marked(page: Page): Promise<string> {
  return page.waitForRequest((request) => request.postData()?.includes('notices.read') ?? false).then((request) => /"ids":\["(\w+)"/.exec(request.postData() ?? '')?.[1] ?? '')
}

test('somebody would like to come: it stands on both phones of who runs it, leads there, and is read on one for both', async ({ browser, page, town }) => {
  const group = await groupOf(page, town)
  const other = await otherPhone(browser)
  await joinAs(other.page, town, 'activator')
  const guest = await otherPhone(browser)
  await sayToCome(guest.page, town, group)

  await expect(menu(page)).toHaveAccessibleName(/^You, new for you: \d+$/)
  await other.page.goto(`${town.url}/notices`)
  await expect(coming(other.page).getByText('New', { exact: false }).first()).toBeVisible()
  await expect(coming(other.page)).not.toContainText('Maya')

  await page.goto(`${town.url}/you`)
  await page.getByRole('main').getByRole('link', { name: /^For you/ }).click()
  const id = marked(page)
  await coming(page).getByRole('link').click()
  await expect(page.getByRole('heading', { level: 1, name: 'My groups' })).toBeVisible()
  expect(await id).toMatch(/^[a-z0-9]{15}$/)
  await expect(coming(other.page).getByRole('button', { name: READ })).toHaveCount(0)

  // It was only looked at: it is still to be done, and both phones know.
  await page.goBack()
  await coming(page).getByRole('button', { name: UNDO }).click()
  await expect(coming(page).getByRole('button', { name: READ })).toBeFocused()
  await expect(coming(other.page).getByRole('button', { name: READ })).toBeVisible()
})

test('a tap on what a phone showed: it waits for the signal and goes on by itself; what was taken back, and nobody being signed in, are said', async ({ browser, page, town }) => {
  const group = await groupOf(page, town)
  const late = await otherPhone(browser)
  await joinAs(late.page, town, 'activator')
  await openFront(late.page, town)
  await kept(late.page)
  // NB! A connection that is open stays so: only a page that isn't there hears nothing.
  await late.page.goto('about:blank')
  await late.context.setOffline(true)
  const guest = await otherPhone(browser)
  await sayToCome(guest.page, town, group)
  await page.goto(`${town.url}/notices`)
  const id = marked(page)
  await coming(page).getByRole('button', { name: READ }).click()
  const tapped = `${town.url}/notices/${await id}`

  await late.page.goto(tapped)
  await expect(late.page.getByText(/^There’s no signal, and this isn’t on your phone yet/)).toBeVisible()
  await late.context.setOffline(false)
  await expect(late.page.getByRole('heading', { level: 1, name: 'My groups' })).toBeVisible()
  await late.page.goto(`${town.url}/notices/zzzzzzzzzzzzzzz`)
  await expect(late.page.getByText('It isn’t here yet, or it was taken back.', { exact: false })).toBeVisible()

  const nobody = await otherPhone(browser)
  await nobody.page.goto(tapped)
  await expect(nobody.page.getByText(/^This phone has nobody’s name on it/)).toBeVisible()
  await nobody.page.getByRole('link', { name: 'Use my recovery card' }).click()
  await expect(nobody.page.getByRole('heading', { level: 1, name: 'I have lost my phone' })).toBeVisible()
})

test('with no signal and with the keyboard alone all of it is read and undone, and it holds after a restart', async ({ browser, page, town }) => {
  const group = await groupOf(page, town)
  const guest = await otherPhone(browser)
  await sayToCome(guest.page, town, group)
  await page.goto(`${town.url}/notices`)
  await expect(coming(page)).toHaveCount(1)
  await kept(page)
  await town.stop()
  await expect(page.getByText(/^No signal\. This is how it was/)).toBeVisible()

  await coming(page).getByRole('link').focus()
  await page.keyboard.press('Tab')
  await expect(coming(page).getByRole('button', { name: READ })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(coming(page).getByRole('button', { name: UNDO })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(coming(page).getByRole('button', { name: READ })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(coming(page).getByRole('button', { name: UNDO })).toBeFocused()
  await page.reload()
  await expect(coming(page)).toHaveCount(1)
  await expect(coming(page).getByRole('button')).toHaveCount(0)
  await town.start()
  await expect(page.getByText(/No signal|waiting to be sent/)).toHaveCount(0, { timeout: 60_000 })
  await page.reload()
  await expect(coming(page)).toHaveCount(1)
  await expect(coming(page).getByRole('button')).toHaveCount(0)
})

test('how one is told: kept as it is chosen, the same on the other phone, and in the zone one is in', async ({ browser, page, town }) => {
  await joinAs(page, town, 'resident')
  await page.goto(`${town.url}/you`)
  await page.getByRole('link', { name: /^How you are told/ }).click()
  const kind = (on: Page, name: string) => on.getByRole('group', { name })
  await expect(kind(page, 'Something to do').getByRole('radio')).toHaveCount(2)
  await kind(page, 'Your card').getByLabel('Only here, when I look').check()
  await expect(kind(page, 'Your card').getByText('Saved')).toBeVisible()
  await page.getByLabel('Quiet from').selectOption('8pm')
  await page.getByLabel('Quiet until').selectOption('8pm')
  await expect(page.getByText('no hours are quiet', { exact: false })).toBeVisible()
  await page.getByLabel('Quiet until').selectOption('9am')
  await expect(page.getByText(/waiting to be sent/)).toHaveCount(0)

  const away = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'en-GB', timezoneId: 'America/New_York' })
  const other = await away.newPage()
  await joinAs(other, town, 'resident')
  await other.goto(`${town.url}/you/notices`)
  await expect(kind(other, 'Your card').getByLabel('Only here, when I look')).toBeChecked()
  await expect(other.getByLabel('Quiet from')).toHaveValue('20:00')
  await expect(other.getByLabel('Quiet until')).toHaveValue('09:00')
  // Nothing waits until evening any more: nobody is asked when that is.
  await expect(other.getByLabel('Once a day: at what time?')).toHaveCount(0)
  await other.getByRole('button', { name: 'Use this phone’s: America/New_York' }).click()
  await expect(page.getByText('Times are as in America/New_York.')).toBeVisible()
  await page.getByRole('button', { name: 'Use this phone’s: Europe/London' }).click()
  await expect(other.getByText('Times are as in Europe/London.')).toBeVisible()
})
