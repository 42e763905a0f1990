import type { Page } from '@playwright/test'
import { letAct } from './helping'
import { mailedCode, mails } from './mail'
import { expect, joinAs, kept, openFront, otherPhone, test, type Town } from './town'

/** How much of somebody lies in this browser: their account, queue, journal, facts, and rows that aren't public. */
async function held(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((resolve) => (indexedDB.open('kith').onsuccess = (event) => resolve((event.target as IDBOpenDBRequest).result)))
    let held = 0
    for (const store of ['device', 'outbox', 'journal', 'local', 'segments']) {
      const rows = await new Promise<{ box?: unknown }[]>((resolve) => (db.transaction(store).objectStore(store).getAll().onsuccess = (event) => resolve((event.target as IDBRequest).result)))
      held += store === 'segments' ? rows.filter(({ box }) => box).length : rows.length
    }
    db.close()
    return held
  })
}

async function giveEmail(page: Page, town: Town, address: string): Promise<void> {
  const before = mails(town)
  await page.goto(`${town.url}/you/email`)
  await page.getByLabel('Your e-mail').fill(address)
  await page.getByRole('button', { name: 'Send me a code' }).click()
  await page.getByLabel('The six digits').fill(await mailedCode(town, address, before))
  await page.getByRole('button', { name: 'Confirm', exact: true }).click()
  await expect(page.getByText('Your e-mail is confirmed, and so is this phone.')).toBeVisible()
}

test('an e-mail brings somebody back on a second phone, which the first one empties', async ({ browser, page, town }) => {
  await joinAs(page, town, 'resident')
  await giveEmail(page, town, 'maya@example.org')

  const second = await otherPhone(browser)
  const before = mails(town)
  await second.page.goto(`${town.url}/signin`)
  await second.page.getByLabel('Your e-mail').fill('maya@example.org')
  await second.page.getByRole('button', { name: 'Send me a code' }).click()
  const code = await mailedCode(town, 'maya@example.org', before)
  await second.page.getByLabel('The six digits').fill(code === '000000' ? '111111' : '000000')
  await second.page.getByRole('button', { name: 'Sign in' }).click()
  await expect(second.page.getByRole('alert')).toBeVisible()
  await second.page.getByLabel('The six digits').fill(code)
  await second.page.getByRole('button', { name: 'Sign in' }).click()
  await expect(second.page.getByRole('heading', { level: 1, name: 'Welcome, Maya' })).toBeVisible()

  await second.page.goto(`${town.url}/you`)
  await expect(second.page.getByLabel('Your first name')).toHaveValue('Maya')
  expect(await held(second.page)).toBeGreaterThan(0)
  await page.goto(`${town.url}/you/devices`)
  await page.getByRole('button', { name: 'Empty it' }).click()
  await page.getByRole('button', { name: 'Yes, empty it' }).click()
  await expect(second.page.getByText('You have not joined.', { exact: false })).toBeVisible()
  expect(await held(second.page)).toBe(0)
  // What everybody may read stayed.
  await openFront(second.page, town)
})

test('who leaves is told goodbye; nothing of them is on their phone, nor in the list of the desk', async ({ browser, page, town }) => {
  const desk = await otherPhone(browser)
  await joinAs(desk.page, town, 'coordinator')
  await joinAs(page, town, 'resident')
  await desk.page.goto(`${town.url}/desk/people`)
  const maya = desk.page.getByRole('link', { name: /^Maya/ }).filter({ hasNotText: /left/i })
  await expect(maya).toHaveCount(1)

  await page.goto(`${town.url}/you/known`)
  await page.getByRole('button', { name: 'Show me everything' }).click()
  await expect(page.getByRole('button', { name: 'Save it as a file' })).toBeVisible()
  expect(await held(page)).toBeGreaterThan(0)
  await page.getByRole('button', { name: 'Leave', exact: true }).click()
  await page.getByRole('button', { name: 'Yes, leave' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Goodbye' })).toBeVisible()
  expect(await held(page)).toBe(0)
  await expect(maya).toHaveCount(0)
})

test('who asks to be erased with no signal is told that it waits, and is gone from their phone once there is one', async ({ page, town }) => {
  await joinAs(page, town, 'resident')
  await openFront(page, town)
  await kept(page)
  await page.goto(`${town.url}/you/known`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await town.stop()
  await page.getByRole('button', { name: 'Erase everything about me' }).click()
  await page.getByRole('button', { name: 'Yes, erase everything' }).click()
  await expect(page.getByText(/^You have asked to go/)).toBeVisible()
  await expect(page.getByRole('button', { name: 'Leave', exact: true })).toHaveCount(0) // once is enough
  await page.reload() // what was asked for outlives the page
  await town.start()
  await expect(page.getByRole('heading', { level: 1, name: 'Goodbye' })).toBeVisible({ timeout: 60_000 })
  expect(await held(page)).toBe(0)
})

test('a block ends what lets a helper act, and the helper is told nothing of it', async ({ browser, page, town }) => {
  await joinAs(page, town, 'resident')
  const helper = await otherPhone(browser)
  await joinAs(helper.page, town, 'activator')
  await letAct(page, helper.page, town)
  await helper.page.getByRole('link', { name: 'Who you act for' }).click()
  await expect(helper.page.getByRole('button', { name: 'Do something for Maya' })).toBeVisible()

  await page.goto(`${town.url}/you/blocks`)
  await page.getByRole('button', { name: 'Block Pearl' }).click()
  await expect(page.getByRole('button', { name: 'Unblock Pearl' })).toBeVisible()
  await expect(helper.page.getByRole('button', { name: 'Do something for Maya' })).toHaveCount(0)
  await expect(helper.page.getByText(/block/i)).toHaveCount(0)
})

test('who asks to leave with no signal can think better of it, and stays', async ({ page, context, town }) => {
  await joinAs(page, town, 'resident')
  await page.goto(`${town.url}/you/known`)
  await kept(page)
  await context.setOffline(true)
  await page.getByRole('button', { name: 'Leave', exact: true }).click()
  await page.getByRole('button', { name: 'Yes, leave' }).click()
  await page.getByRole('link', { name: 'Take it back' }).click()
  await page.getByRole('button', { name: 'Don’t send it' }).click()
  await expect(page.getByText('Everything you did has arrived.')).toBeVisible()
  await context.setOffline(false)
  await page.goto(`${town.url}/you`)
  await expect(page.getByLabel('Your first name')).toHaveValue('Maya')
})
