import type { Page } from '@playwright/test'
import { mkdirSync } from 'node:fs'
import { deskScreens, doubleText, screens, show, stickingOut, violations } from './look'
import { expect, joinAs, openFront, test, type Town } from './town'

/** Where to leave a picture of every screen; nowhere if it isn't set. */
const PICTURES = process.env.KITH_PICTURES

test.describe.configure({ timeout: 300_000 })

async function asHost(page: Page, town: Town): Promise<string> {
  await joinAs(page, town, 'activator')
  await openFront(page, town)
  await page.goto(`${town.url}/groups`)
  const address = await page.getByRole('heading', { level: 2 }).first().getByRole('link').getAttribute('href')
  return (address ?? '').slice(3)
}

/** The id of somebody to look at. */
async function atDesk(page: Page, town: Town): Promise<string> {
  await joinAs(page, town, 'coordinator')
  await page.goto(`${town.url}/desk/people`)
  const address = await page.getByRole('link', { name: /^Pearl/ }).getAttribute('href')
  return (address ?? '').split('/').at(-1) ?? ''
}

async function picture(page: Page, name: string): Promise<void> {
  if (!PICTURES) return
  mkdirSync(PICTURES, { recursive: true })
  await page.screenshot({ path: `${PICTURES}/${name}.png` })
}

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing on any screen, ${theme}`, async ({ page, town }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    for (const screen of screens(await asHost(page, town))) {
      await show(page, town.url, screen)
      await picture(page, `${theme}-${screen.name}`)
      expect.soft(await violations(page), screen.name).toEqual([])
    }
  })
}

test('nothing is lost at 320 pixels, nor with letters twice as big', async ({ page, town }) => {
  const all = screens(await asHost(page, town))
  for (const [name, width, doubled] of [['narrow', 320, false], ['double', 390, true]] as const) {
    await page.setViewportSize({ width, height: 844 })
    for (const screen of all) {
      await show(page, town.url, screen)
      if (doubled) await doubleText(page)
      await picture(page, `${name}-${screen.name}`)
      expect.soft(await stickingOut(page), `${name} ${screen.name}`).toEqual([])
      if (doubled) expect.soft(await violations(page), `${name} ${screen.name}`).toEqual([])
    }
  }
})

for (const [name, theme, width, doubled] of [['desk', 'light', 390, false], ['desk-dark', 'dark', 1280, false], ['desk-narrow', 'light', 320, false], ['desk-double', 'light', 390, true]] as const) {
  test(`axe finds nothing at the desk, and nothing is lost there: ${name}`, async ({ page, town }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    const all = deskScreens(await atDesk(page, town))
    await page.setViewportSize({ width, height: 844 })
    for (const screen of all) {
      await show(page, town.url, screen)
      if (doubled) await doubleText(page)
      await picture(page, `${name}-${screen.name}`)
      expect.soft(await stickingOut(page), `${name} ${screen.name}`).toEqual([])
      expect.soft(await violations(page), `${name} ${screen.name}`).toEqual([])
    }
  })
}

test('on a wide screen the list and the listing stand side by side, and axe finds nothing', async ({ page, town }) => {
  await page.setViewportSize({ width: 1280, height: 900 })
  const listing = await asHost(page, town)
  for (const screen of screens(listing).filter((one) => ['front', 'listing', 'come'].includes(one.name))) {
    await show(page, town.url, screen)
    await picture(page, `wide-${screen.name}`)
    expect.soft(await violations(page), screen.name).toEqual([])
    await expect.soft(page.getByRole('search')).toBeVisible()
  }
})

test('a planted fault is found: the checks are not blind', async ({ page, town }) => {
  await openFront(page, town)
  await page.evaluate(() => {
    const button = document.createElement('button')
    button.className = 'button'
    const wide = document.createElement('p')
    wide.textContent = 'sideways'
    wide.style.width = '2000px'
    document.querySelector('main')?.append(button, wide)
  })
  expect(await violations(page)).not.toEqual([])
  expect(await stickingOut(page)).not.toEqual([])
})
