/**
 * A phone that has the app of a release before: it goes on with the server of now, and what was written on it comes
 * along when it takes the app of now. The apps are kept beside the data of their release (sim/README.md).
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Page } from '@playwright/test'
import { Front } from './front'
import { heard, leaving } from './heard'
import { built, expect, joinAs, kept, noted, openFront, otherPhone, stands, test } from './town'

const UPGRADES = resolve('../testdata/upgrade')

const appOf = (release: string) => join(UPGRADES, release, 'app.tar.gz')

/** A release that was kept just now has the app of now: there is nothing to update. */
const isNow = (release: string) => execFileSync('tar', ['-xzOf', appOf(release), './sw.js']).equals(readFileSync(join(built(), 'sw.js')))

/** The last two, which phones may still have: N−1 and N−2. */
const releases = readdirSync(UPGRADES)
  .filter((release) => existsSync(appOf(release)) && !isNow(release))
  .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  .slice(-2)

/** Fills in what is said to that group. NB! The name last: v0.1.0 keeps what is typed, and with it what was ticked before. */
async function writesToCome(page: Page, front: Front, group: string, name: string): Promise<void> {
  await page.goto(`${front.url}${group}/come`)
  await page.getByLabel(/Please meet me at the door/).check()
  await page.getByLabel('Your first name, if you like').fill(name)
}

test('there is an app of a release before', () => expect(releases).not.toEqual([]))

for (const release of releases) {
  test(`the app of ${release} goes on with the server of now, and what waits on it is sent once by the app of now`, async ({ browser, page, town }) => {
    const folder = mkdtempSync(join(tmpdir(), 'kith-release-'))
    execFileSync('tar', ['-xzf', appOf(release), '-C', folder])
    const front = await Front.open(town, folder)
    const broken: string[] = []
    page.on('pageerror', (error) => broken.push(String(error)))
    try {
      const host = (await otherPhone(browser)).page
      await joinAs(host, town, 'activator')
      await host.goto(`${town.url}/groups`)
      const groups = host.getByRole('heading', { level: 2 }).getByRole('link')
      await groups.nth(2).waitFor()
      const [first, second, third] = (await groups.evaluateAll((all) => all.map((one) => one.getAttribute('href')!))) as [string, string, string]

      // Then: it joins, gets rows while it is open, sends.
      await joinAs(page, front, 'resident')
      await openFront(page, front)
      await kept(page)
      await writesToCome(page, front, first, 'Rosa')
      await host.goto(`${town.url}${first.replace('/l/', '/groups/')}`)
      await host.getByLabel('Its name').fill('The old house')
      await host.getByRole('button', { name: 'Save the change' }).click()
      await expect(page.getByRole('link', { name: /The old house/ })).toBeVisible()
      await page.getByRole('button', { name: 'Say I’d like to come' }).click()
      await expect(page.getByText('They know you’re coming')).toBeVisible()
      await host.goto(`${town.url}/groups`)
      await expect(host.getByText('Rosa', { exact: true })).toHaveCount(1)

      // With no signal one thing is said, and another half typed.
      front.signal = false
      const left = leaving(page, 'visits.come')
      await writesToCome(page, front, second, 'Rosa Ann')
      await page.getByRole('button', { name: 'Say I’d like to come' }).click()
      await expect(page.getByText('Saved on this phone', { exact: true })).toBeVisible()
      await writesToCome(page, front, third, 'Rosa Lee')
      await noted(page)

      // The app of now is there before a way to the server is.
      front.files = built()
      await page.reload()
      await expect(page.getByText('A new version is ready.')).toBeVisible({ timeout: 60_000 }) // all of it is kept anew, as in kept()
      const reloaded = page.waitForEvent('load')
      await page.getByRole('button', { name: 'Use it now' }).click()
      await reloaded
      await expect(page.getByLabel('Your first name, if you like')).toHaveValue('Rosa Lee')
      await expect(page.getByLabel(/Please meet me at the door/)).toBeChecked()
      await page.goto(`${front.url}/plans`)
      await expect(page.getByText('Saved on this phone. It will be sent when there’s signal.')).toBeVisible()
      await expect(host.getByText('Rosa Ann', { exact: true })).toHaveCount(0)

      front.signal = true
      await page.reload()
      await expect(page.getByText('They know you’re coming.')).toHaveCount(2)
      for (const name of ['Rosa', 'Rosa Ann']) await expect(host.getByText(name, { exact: true })).toHaveCount(1)
      expect(new Set(left).size).toBe(1)
      expect(await heard(page, front, 'visits.come')).toEqual(['ok', 'ok'])

      // And it shows what a phone shows that never had another app, word by word and to the eye.
      const fresh = (await otherPhone(browser)).page
      await joinAs(fresh, town, 'resident')
      const ways = [[page, front], [fresh, town]] as const
      for (const path of ['/', '/plans', first]) {
        await Promise.all(ways.map(([phone, { url }]) => phone.goto(url + path).then(() => stands(phone))))
        await expect(async () => {
          const [had, never] = await Promise.all(ways.map(async ([phone]) => [await phone.getByRole('main').innerText(), await phone.screenshot()] as const))
          expect(had![0], path).toBe(never![0])
          expect(had![1].equals(never![1]), `a picture of ${path}`).toBe(true)
        }).toPass({ timeout: 15_000 })
      }
      expect(broken).toEqual([])
    } finally {
      front.close()
      rmSync(folder, { recursive: true, force: true })
    }
  })
}
