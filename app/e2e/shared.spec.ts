/**
 * Two people on one tablet, in a real profile on disk: what the first wrote with the server killed is found by the
 * second nowhere, in no byte of any file, and arrives once, as the first's, in the second's turn.
 */
import type { Page } from '@playwright/test'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addMe, endTurn, everythingSeen, filesWith, go, joinHere, shareIt, tablet } from './tablet'
import { expect, joinAs, kept, openFront, otherPhone, stands, test } from './town'

const VISIT = 'Canaryvisit'
const DRAFT = 'canarydraft'
const EDIT = 'canaryedit'
const CANARIES = [VISIT, DRAFT, EDIT]

async function come(page: Page, address: string, name: string): Promise<void> {
  await go(page, `${address}/come`)
  await page.getByLabel('Your first name, if you like').fill(name)
}

/** With the server killed: a visit that is said, a listing and an ask that are only begun, and a change of a listing. */
async function write(page: Page, address: string): Promise<void> {
  await come(page, address, VISIT)
  await page.getByRole('button', { name: 'Say I’d like to come' }).click()
  await expect(page.getByText('It will be sent when there’s signal.').first()).toBeVisible()
  await go(page, address.replace('/l/', '/groups/'))
  const title = page.getByLabel('Its name')
  await title.fill(`Lunch ${EDIT}`)
  await page.getByRole('button', { name: 'Save the change' }).click()
  await expect(page.getByRole('heading', { name: `Lunch ${EDIT}` }).first()).toBeVisible()
  await go(page, '/groups/new')
  await page.getByLabel('Its name').fill(DRAFT)
  await page.getByLabel('Its name').blur()
  await go(page, '/asks/new')
  await page.getByLabel('A few words, if you like').fill(DRAFT)
  await page.getByLabel('A few words, if you like').blur()
  await go(page, '/plans')
}

test('two people, one tablet: the second finds nothing of the first, and brings what the first wrote, once', async ({ browser, town }) => {
  test.slow()
  const { context, page, folder } = await tablet()
  try {
    await openFront(page, town)
    await kept(page)
    await shareIt(page, town)
    await addMe(page, '271828')
    await joinHere(page, town.link('activator'))
    await go(page, '/groups')
    const group = page.getByRole('heading', { level: 2 }).getByRole('link').first()
    const address = (await group.getAttribute('href'))!

    await town.stop()
    await write(page, address)
    expect(filesWith(folder, CANARIES), 'while the turn lasts').toEqual([])
    await endTurn(page)
    const seen = await everythingSeen(page)
    for (const word of CANARIES) expect(seen).not.toContain(word)
    expect(seen, 'what is public is seen').toContain('listings')
    expect(filesWith(folder, CANARIES), 'after the turn').toEqual([])

    await page.getByRole('button', { name: 'Add me to this tablet' }).click()
    await addMe(page, '3141')
    await town.start()
    await joinHere(page, town.link('resident'))
    const host = await otherPhone(browser)
    await joinAs(host.page, town, 'activator')
    await expect(async () => {
      await host.page.goto(`${town.url}/plans`)
      await expect(host.page.getByText(VISIT).or(host.page.getByRole('link', { name: `Lunch ${EDIT}` })).first()).toBeVisible({ timeout: 4_000 })
    }).toPass({ timeout: 60_000 })
    await expect(host.page.getByRole('link', { name: `Lunch ${EDIT}` })).toHaveCount(1)
    await host.page.goto(`${town.url}/groups`)
    await expect(host.page.getByText(VISIT, { exact: true })).toHaveCount(1)
    await go(page, '/plans')
    await stands(page)
    await expect(page.getByText(`Lunch ${EDIT}`)).toHaveCount(0)
  } finally {
    await context.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('the search is not blind: a word that lies in the clear is found, in each form', async ({ town }) => {
  const { context, page, folder } = await tablet()
  try {
    await page.goto(town.url)
    await page.evaluate(
      (word) =>
        new Promise<void>((done) => {
          indexedDB.open('clear').onupgradeneeded = (event) => {
            const store = (event.target as IDBOpenDBRequest).result.createObjectStore('words', { autoIncrement: true })
            store.put(`${word} ascii`)
            store.put(`${word} ✓`)
            store.put(btoa(`-${word}-`))
            store.transaction.oncomplete = () => done()
          }
        }),
      VISIT,
    )
    await expect.poll(() => new Set(filesWith(folder, CANARIES).map((found) => found.split(' in ')[0])).size).toBe(3)
    expect(await everythingSeen(page)).toContain(VISIT)
    writeFileSync(join(folder, 'planted'), `${DRAFT}`)
    expect(filesWith(folder, [DRAFT])).toEqual([`${DRAFT}, UTF-8 in /planted`])
  } finally {
    await context.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a wrong PIN opens nothing, the right one does, and removing leaves nothing', async ({ town }) => {
  const { context, page, folder } = await tablet()
  try {
    await shareIt(page, town)
    await addMe(page, '2718')
    await joinHere(page, town.link('resident'))
    await endTurn(page)
    await expect(page.getByRole('button', { name: 'This isn’t a shared tablet after all' }), 'somebody has a place').toHaveCount(0)
    // As after a power cut: the browser had not yet written down that it is shared.
    await page.evaluate(() => localStorage.clear())
    await page.reload()
    await page.getByRole('heading', { level: 1, name: 'Who are you?' }).waitFor()
    await page.getByRole('listitem').getByRole('button').first().click()
    await page.getByLabel('Your PIN').fill('0000')
    await page.getByRole('button', { name: 'Begin my turn' }).click()
    await expect(page.getByText(/After 9 more wrong tries/)).toBeVisible()
    await page.getByLabel('Your PIN').fill('2718')
    await page.getByRole('button', { name: 'Begin my turn' }).click()
    await page.getByRole('button', { name: 'End my turn' }).waitFor()
    await go(page, '/about')
    await page.getByRole('button', { name: 'Remove me from this tablet' }).click()
    await page.getByRole('button', { name: 'Yes, remove me' }).click()
    await expect(page.getByText('Nothing of theirs is left on this tablet')).toBeVisible({ timeout: 30_000 })
    expect(await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))).not.toContainEqual(expect.stringMatching(/^kith\//))
  } finally {
    await context.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

/** What the browser itself could tell of the pages that were open: each entry's address and state, and the tab's title. */
const told = (page: Page) => page.evaluate(() => JSON.stringify([document.title, history.state, (globalThis as any).navigation.entries().map((entry: any) => [entry.url, entry.getState()])]))

test('whoever comes next finds no page that the last one looked at, by Back or in the browser’s history', async ({ town }) => {
  const { context, page, folder } = await tablet()
  const h1 = page.getByRole('heading', { level: 1 })
  const ended = () => page.getByRole('heading', { level: 1, name: 'Who are you?' }).waitFor()
  try {
    await openFront(page, town)
    await kept(page)
    await shareIt(page, town)
    await addMe(page, '2718')
    await go(page, '/')
    const listing = page.getByRole('main').getByRole('listitem').getByRole('link').first()
    const address = (await listing.getAttribute('href'))!
    await listing.click()
    await expect(h1.first()).not.toHaveText('What’s on')
    const title = (await h1.first().textContent())!
    await go(page, `${address}/come`)
    await page.getByLabel('Your first name, if you like').waitFor()
    await page.goBack()
    await expect(h1.first(), 'Back within the turn').toHaveText(title)
    await page.goForward()
    await page.getByLabel('Your first name, if you like').waitFor()
    const said = await told(page)
    expect(said).not.toContain(address)
    expect(said).not.toContain(title)

    await endTurn(page)
    await page.getByRole('button', { name: 'Add me to this tablet' }).click()
    await addMe(page, '3141')
    await expect(page.getByRole('heading', { level: 1, name: 'What’s on' })).toBeVisible()
    await go(page, `${address}/come`)
    await page.getByLabel('Your first name, if you like').waitFor()
    // Cut off in the middle, as by a reload.
    await page.reload()
    await ended()
    await page.getByRole('button', { name: 'Add me to this tablet' }).click()
    await addMe(page, '1618')
    await expect(page.getByRole('heading', { level: 1, name: 'What’s on' })).toBeVisible()
    await page.goBack()
    await expect(page.getByRole('heading', { level: 1, name: 'What’s on' })).toBeVisible()
    await expect(page.getByLabel('Your first name, if you like')).toHaveCount(0)
    expect(await told(page)).not.toContain(address)
  } finally {
    await context.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

/** How many facts of this device alone lie on its disk. */
const factsKept = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number>((done, failed) => {
        const opening = indexedDB.open('kith')
        opening.onerror = () => failed(opening.error)
        opening.onsuccess = () => {
          const counting = opening.result.transaction('local').objectStore('local').count()
          counting.onsuccess = () => (opening.result.close(), done(counting.result))
        }
      }),
  )

test('a phone is shared only after it was asked, and isn’t any more as long as nobody has a place on it', async ({ page, town }) => {
  await openFront(page, town)
  await page.getByRole('main').getByRole('listitem').getByRole('link').first().click()
  const title = (await page.getByRole('heading', { level: 1 }).first().textContent())!
  const save = page.getByRole('button', { name: 'Save', exact: true })
  await save.first().click()
  await expect(save).toHaveCount(0)
  // It is sealed before it is written: the button says so a moment sooner.
  await expect.poll(() => factsKept(page)).toBeGreaterThan(0)
  const { pathname, hash } = new URL(town.link('resident'))
  await page.goto(`${town.url}${pathname}${hash}`)
  await page.getByRole('button', { name: 'This tablet is shared' }).click()
  await expect(page.getByText('Everything that is kept on this device is deleted')).toBeVisible()
  await page.getByRole('button', { name: 'No, go back' }).click()
  await page.goto(`${town.url}/plans`)
  await expect(page.getByRole('link', { name: title }).first(), 'what was saved is there').toBeVisible()

  await shareIt(page, town)
  await page.reload()
  await page.getByRole('heading', { level: 1, name: 'Choose a PIN' }).waitFor()
  await page.getByRole('button', { name: 'This isn’t a shared tablet after all' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'What’s on' })).toBeVisible()
  await page.goto(town.link('resident'))
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: /^Welcome/ }).waitFor()
  await page.reload()
  await expect(page.getByRole('heading', { level: 1, name: 'Choose a PIN' })).toHaveCount(0)
})
