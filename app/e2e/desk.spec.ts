import type { Locator, Page } from '@playwright/test'
import { expect, joinAs, joinWith, kept, otherPhone, test, type Town } from './town'

/** Opens a person's page at the desk, found by typing their name. */
async function personAtDesk(page: Page, town: Town, name: string): Promise<void> {
  await page.goto(`${town.url}/desk/people`)
  await page.getByRole('searchbox').fill(name)
  await page.getByRole('link', { name: new RegExp(`^${name}`) }).first().click()
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
}

/** What was done is shown, and with that waits; it is sent once nothing waits any more. */
async function sent(page: Page, shown: Locator): Promise<void> {
  await expect(shown).toBeVisible()
  await expect(page.getByText('Saved on this phone, not sent yet.')).toHaveCount(0)
}

/** A role in the list of a person's page. */
const role = (page: Page, name: string) => page.getByRole('listitem').filter({ hasText: name })

test('an invite is made with no signal, and its link lets somebody in on another phone once there is', async ({ browser, page, town }) => {
  await joinAs(page, town, 'activator')
  await page.goto(`${town.url}/groups`)
  await kept(page)
  await page.goto(`${town.url}/invites/new`)
  await page.getByRole('heading', { level: 1, name: 'Make an invite' }).waitFor()
  await town.stop()
  await page.getByLabel('A note for you, if you like').fill('poster in the library')
  await page.getByRole('button', { name: 'Make the invite' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'poster in the library' })).toBeVisible()
  await expect(page.getByRole('img', { name: 'A square code that opens the invite' }).first()).toBeVisible()
  await expect(page.getByText('It works for others once it has been sent.')).toBeVisible()
  const link = await page.getByRole('link', { name: /\/join#/ }).getAttribute('href')

  await town.start()
  await expect(page.getByText('It works for others once it has been sent.')).toHaveCount(0, { timeout: 90_000 })
  const guest = await otherPhone(browser)
  await joinWith(guest.page, link ?? '', 'Rosa')
  await expect(page.getByText('19 uses left of 20')).toBeVisible()

  await page.getByRole('button', { name: 'End this invite' }).click()
  await page.getByRole('button', { name: 'Yes, end it' }).click()
  await expect(page.getByText('This invite is ended.').first()).toBeVisible()
  await expect(page.getByRole('img', { name: 'A square code that opens the invite' })).toHaveCount(0)
})

test('a role that is given counts at the next request of the other phone; suspending shuts it out at once', async ({ browser, page, town }) => {
  const phone = await otherPhone(browser)
  await joinAs(phone.page, town, 'resident')
  await joinAs(page, town, 'coordinator')
  await personAtDesk(page, town, 'Maya')
  await page.getByRole('button', { name: 'Give a role' }).click()
  await page.getByLabel('Which role?').selectOption('activator')
  await page.getByRole('button', { name: 'Give a role' }).click()
  await sent(page, role(page, 'Activator'))
  await expect(phone.page.getByRole('link', { name: 'My groups' })).toBeVisible()
  await phone.page.goto(`${town.url}/invites/new`)
  await phone.page.getByRole('button', { name: 'Make the invite' }).click()
  await expect(phone.page.getByRole('link', { name: /\/join#/ })).toBeVisible()
  await expect(phone.page.getByText('It works for others once it has been sent.')).toHaveCount(0)

  await page.getByRole('button', { name: 'Suspend' }).click()
  await page.getByRole('button', { name: 'Yes, suspend' }).click()
  await expect(phone.page.getByText('You cannot take part just now.')).toBeVisible()
  await page.getByRole('button', { name: 'Let them take part again' }).click()
  await sent(page, page.getByRole('button', { name: 'Suspend' }))
  await phone.page.reload()
  await expect(phone.page.getByText('You cannot take part just now.')).toHaveCount(0, { timeout: 90_000 })
})

test('a device that is shut out is told so, and holds nothing of anybody any more', async ({ browser, page, town }) => {
  const phone = await otherPhone(browser)
  await joinAs(phone.page, town, 'resident')
  await joinAs(page, town, 'coordinator')
  await personAtDesk(page, town, 'Maya')
  await page.getByRole('button', { name: /^Shut out/ }).first().click()
  await page.getByRole('button', { name: 'Yes, shut it out' }).click()
  await expect(phone.page.getByText(/is not known here any more/)).toBeVisible()
})

test('somebody who lost their phone is helped back by two people: the second one’s phone has the code, the first one’s not', async ({ browser, page, town }) => {
  const lost = await otherPhone(browser)
  await joinAs(lost.page, town, 'resident')
  await joinAs(page, town, 'coordinator')
  const second = await otherPhone(browser)
  await joinAs(second.page, town, 'second')

  await personAtDesk(page, town, 'Maya')
  await page.getByRole('button', { name: 'Help them back in' }).click()
  await page.getByRole('button', { name: 'Yes, ask a second person' }).click()
  await expect(page.getByText(/Now ask another coordinator or an activator/)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Yes, it is Maya' })).toHaveCount(0)

  await second.page.goto(`${town.url}/desk/recovery`)
  await second.page.getByRole('button', { name: 'Yes, it is Maya' }).click()
  await expect(second.page.getByRole('heading', { name: 'The code for Maya' })).toBeVisible()
  const code = await second.page.getByLabel('The code in letters').innerText()
  expect(code.replace(/\s/g, '')).toMatch(/^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/)
  await expect(page.getByText('Ruth said yes and has the code.')).toBeVisible()
  await expect(lost.page.getByText(/is not known here any more/)).toHaveCount(0)

  const found = await otherPhone(browser)
  await found.page.goto(`${town.url}/recover#${code.replace(/\s/g, '')}`)
  await found.page.getByRole('button', { name: 'Yes, bring me back' }).click()
  await expect(found.page.getByRole('heading', { level: 1, name: 'Welcome back, Maya' })).toBeVisible()
  await expect(lost.page.getByText(/is not known here any more/)).toBeVisible()
})

test('staff are let in by the six digits on both screens', async ({ browser, page, town }) => {
  await joinAs(page, town, 'owner')
  await page.goto(`${town.url}/shop`)
  await page.getByRole('button', { name: 'Add staff' }).click()
  await expect(page.getByLabel('The code in letters')).toBeVisible()
  await expect(page.getByText('It works for others once it has been sent.')).toHaveCount(0)
  const code = await page.getByLabel('The code in letters').innerText()

  const till = await otherPhone(browser)
  await till.page.goto(`${town.url}/join#${code.replace(/\s/g, '')}`)
  await till.page.getByLabel('Your first name').fill('Sam')
  await till.page.getByRole('button', { name: 'Join', exact: true }).click()
  await expect(till.page.getByRole('heading', { level: 1, name: 'Wait to be let in' })).toBeVisible()
  const digits = (await till.page.locator('.digits').innerText()).replace(/\s/g, '')
  expect(digits).toMatch(/^\d{6}$/)

  await expect(page.getByLabel(`Six digits: ${digits.split('').join(' ')}`)).toBeVisible()
  await page.getByRole('button', { name: 'Yes, let it in' }).click()
  await expect(till.page.getByRole('heading', { level: 1, name: /^Welcome/ })).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText('Member of staff', { exact: false }).first()).toBeVisible()
})

test('with the keyboard: "/" goes to the search, arrows move, Enter opens', async ({ page, town }) => {
  await page.setViewportSize({ width: 1280, height: 900 })
  await joinAs(page, town, 'coordinator')
  await page.goto(`${town.url}/desk/people`)
  await page.getByRole('heading', { level: 1, name: 'People' }).waitFor()
  await expect(page.getByRole('link', { name: /^Pearl/ })).toBeVisible()
  await page.keyboard.press('/')
  await expect(page.getByRole('searchbox')).toBeFocused()
  await page.keyboard.type('activator')
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('link', { name: /^Pearl/ })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Pearl' })).toBeFocused()
  await expect(page.getByRole('searchbox')).toHaveValue('activator')
})

test('what was done is in the record, in words', async ({ page, town }) => {
  await joinAs(page, town, 'coordinator')
  await personAtDesk(page, town, 'Maya')
  await page.getByRole('button', { name: 'Give a role' }).click()
  await page.getByLabel('Which role?').selectOption('listener')
  await page.getByRole('button', { name: 'Give a role' }).click()
  await sent(page, role(page, 'Listener'))
  await page.goto(`${town.url}/desk/audit`)
  await expect(page.getByText('Tom gave Maya the role of listener')).toBeVisible()
})

test('a complaint stands at the desk with its day, and is closed with what came of it', async ({ page, town }) => {
  const answer = await page.request.post(`${town.url}/api/complaints`, { data: { text: 'Nobody answered the door on Thursday.', contact: 'Ask for Ines at the library' } })
  expect(answer.ok()).toBe(true)
  await joinAs(page, town, 'coordinator')
  await page.goto(`${town.url}/desk/reports`)
  const report = page.getByRole('article').filter({ hasText: 'Nobody answered the door' })
  await expect(report.getByText(/Answer by .+\(\d+ days left\)/)).toBeVisible()
  await report.getByRole('button', { name: 'Tell them you have it' }).click()
  await report.getByRole('button', { name: /^Close it/ }).click()
  await report.getByRole('button', { name: 'Close it' }).click()
  await expect(report.getByRole('alert')).toBeVisible()
  await report.getByLabel('What came of it?').fill('We rang Ines, and the bell is mended.')
  await report.getByRole('button', { name: 'Close it' }).click()
  await expect(report).toHaveCount(0)
  await expect(page.getByText('Saved on this phone, not sent yet.')).toHaveCount(0)
  await page.getByRole('checkbox', { name: /Show what is closed/ }).check()
  await expect(report.getByText('We rang Ines, and the bell is mended.')).toBeVisible()
})
