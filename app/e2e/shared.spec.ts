/**
 * Two people on one tablet, in a real profile on disk: what the first wrote with the server killed is found by the
 * second nowhere, in no byte of any file, and arrives once, as the first's, in the second's turn.
 */
import type { Page } from '@playwright/test'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { addMe, endTurn, everythingSeen, filesWith, go, joinHere, tablet } from './tablet'
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
    await page.goto(`${town.url}/about`)
    await page.getByRole('button', { name: 'This tablet is shared' }).click()
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
    await page.goto(`${town.url}/about`)
    await page.getByRole('button', { name: 'This tablet is shared' }).click()
    await addMe(page, '2718')
    await joinHere(page, town.link('resident'))
    await endTurn(page)
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
