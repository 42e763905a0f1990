import type { Page } from '@playwright/test'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, joinAs, kept, openFront, otherPhone, test, type Town } from './town'

/** The six digits of the newest mail to that address, which the town keeps as files while it has no mail server. */
async function digits(town: Town, to: string, before: Set<string>): Promise<string> {
  const folder = join(town.folder, 'mail')
  let found = ''
  await expect
    .poll(() => {
      const mails = existsSync(folder) ? readdirSync(folder).filter((name) => !before.has(name)) : []
      const mail = mails.map((name) => readFileSync(join(folder, name), 'utf8')).find((text) => text.includes(`To: ${to}`))
      found = /\b\d{6}\b/.exec(mail?.split('\n\n').slice(1).join('\n\n') ?? '')?.[0] ?? ''
      return found
    })
    .toMatch(/^\d{6}$/)
  return found
}

const mails = (town: Town) => new Set(existsSync(join(town.folder, 'mail')) ? readdirSync(join(town.folder, 'mail')) : [])

/** Everything that this browser's databases hold, as text. What is sealed stays unreadable in it. */
async function onDisk(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const text: string[] = []
    for (const { name } of await indexedDB.databases()) {
      const db = await new Promise<IDBDatabase>((resolve) => (indexedDB.open(name as string).onsuccess = (event) => resolve((event.target as IDBOpenDBRequest).result)))
      for (const store of db.objectStoreNames) {
        const rows = await new Promise<unknown[]>((resolve) => (db.transaction(store).objectStore(store).getAll().onsuccess = (event) => resolve((event.target as IDBRequest).result)))
        text.push(`${name}/${store}: ${JSON.stringify(rows)}`)
      }
      db.close()
    }
    return text.join('\n')
  })
}

async function giveEmail(page: Page, town: Town, address: string): Promise<void> {
  const before = mails(town)
  await page.goto(`${town.url}/you/email`)
  await page.getByLabel('Your e-mail').fill(address)
  await page.getByRole('button', { name: 'Send me a code' }).click()
  await page.getByLabel('The six digits').fill(await digits(town, address, before))
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
  const code = await digits(town, 'maya@example.org', before)
  await second.page.getByLabel('The six digits').fill(code === '000000' ? '111111' : '000000')
  await second.page.getByRole('button', { name: 'Sign in' }).click()
  await expect(second.page.getByRole('alert')).toBeVisible()
  await second.page.getByLabel('The six digits').fill(code)
  await second.page.getByRole('button', { name: 'Sign in' }).click()
  await expect(second.page.getByRole('heading', { level: 1, name: 'Welcome, Maya' })).toBeVisible()

  await page.goto(`${town.url}/you/devices`)
  await page.getByRole('button', { name: 'Empty it' }).click()
  await page.getByRole('button', { name: 'Yes, empty it' }).click()
  await openFront(second.page, town)
  await second.page.goto(`${town.url}/you`)
  await expect(second.page.getByText('You have not joined.', { exact: false })).toBeVisible()
  expect(await onDisk(second.page)).not.toContain('member/')
  // What everybody may read stayed.
  await openFront(second.page, town)
})

test('who leaves is forgotten by their phone, and calls off what they had said', async ({ browser, page, town }) => {
  await joinAs(page, town, 'resident')
  await openFront(page, town)
  const listing = await page.getByRole('main').getByRole('listitem').getByRole('link').nth(12).getAttribute('href')
  await page.goto(`${town.url}${listing}/come`)
  await page.getByRole('button', { name: 'Say I’d like to come' }).click()
  await expect(page.getByText('They know you’re coming')).toBeVisible()

  await page.goto(`${town.url}/you/known`)
  await page.getByRole('button', { name: 'Show me everything' }).click()
  await expect(page.getByRole('button', { name: 'Save it as a file' })).toBeVisible()
  await page.getByRole('button', { name: 'Leave', exact: true }).click()
  await page.getByRole('button', { name: 'Yes, leave' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Goodbye' })).toBeVisible()
  expect(await onDisk(page)).not.toContain('member/')

  // For 30 days a coordinator sees that they left.
  const desk = await otherPhone(browser)
  await joinAs(desk.page, town, 'coordinator')
  await desk.page.goto(`${town.url}/desk/people`)
  await expect(desk.page.getByRole('link', { name: /^Pearl/ })).toBeVisible()
  await expect(desk.page.getByRole('link', { name: /^Maya/ }).filter({ hasNotText: /left/i })).toHaveCount(0)
})

test('who erases themselves with no signal is told that it waits; then nothing of them is left on the phone', async ({ page, town }) => {
  await joinAs(page, town, 'resident')
  await openFront(page, town)
  await kept(page)
  await page.goto(`${town.url}/you/known`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await town.stop()
  await page.getByRole('button', { name: 'Erase everything about me' }).click()
  await page.getByRole('button', { name: 'Yes, erase everything' }).click()
  await expect(page.getByText(/^You have asked to go/)).toBeVisible()
  await town.start()
  await expect(page.getByRole('heading', { level: 1, name: 'Goodbye' })).toBeVisible({ timeout: 60_000 })
  expect(await onDisk(page)).not.toContain('member/')
})

test('a block ends what lets a helper act, and the helper is told nothing of it', async ({ browser, page, town }) => {
  await joinAs(page, town, 'resident')
  const helper = await otherPhone(browser)
  await joinAs(helper.page, town, 'activator')
  await page.goto(`${town.url}/you/helpers`)
  await page.getByRole('button', { name: 'Let somebody act for me' }).click()
  await page.getByLabel('Who is it?').fill('Pearl')
  await page.getByRole('button', { name: 'Show the code' }).click()
  const code = await page.locator('.code').innerText()
  await expect(page.getByText('Waits to be scanned')).toBeVisible()
  await helper.page.goto(`${town.url}/act#${code}`)
  await helper.page.getByRole('button', { name: 'Yes, I’ll act for them' }).click()
  await helper.page.getByRole('link', { name: 'Who you act for' }).click()
  await expect(helper.page.getByRole('button', { name: 'Do something for Maya' })).toBeVisible()

  await page.goto(`${town.url}/you/blocks`)
  await page.getByRole('button', { name: 'Block Pearl' }).click()
  await expect(page.getByRole('button', { name: 'Unblock Pearl' })).toBeVisible()
  await expect(helper.page.getByRole('button', { name: 'Do something for Maya' })).toHaveCount(0)
  await expect(helper.page.getByText(/block/i)).toHaveCount(0)
})
