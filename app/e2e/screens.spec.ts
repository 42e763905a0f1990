import type { Page } from '@playwright/test'
import { mkdirSync } from 'node:fs'
import { circleScreens, deskScreens, doubleText, helperScreens, listenerScreens, screens, shopScreens, show, stickingOut, violations } from './look'
import { superuser } from './superuser'
import { expect, joinAs, openFront, otherPhone, test, type Town } from './town'

/** Where to leave a picture of every screen; nowhere if it isn't set. */
const PICTURES = process.env.KITH_PICTURES

test.describe.configure({ timeout: 300_000 })
// How they look is the same without a worker; that it keeps the app is what other tests are about.
test.use({ serviceWorkers: 'block' })

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

/**
 * Holds a screen that stands to everything at once, so that it is opened only once: axe in the light, the colours in
 * the dark, 320 pixels, and letters twice as big.
 */
async function hold(page: Page, name: string): Promise<void> {
  await picture(page, `light-${name}`)
  expect.soft(await violations(page), `${name}, light`).toEqual([])
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  await picture(page, `dark-${name}`)
  expect.soft(await violations(page, 'colours'), `${name}, dark`).toEqual([])
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await doubleText(page)
  await picture(page, `double-${name}`)
  expect.soft(await stickingOut(page), `${name}, double`).toEqual([])
  expect.soft(await violations(page, 'form'), `${name}, double`).toEqual([])
  await doubleText(page, false)
  await page.setViewportSize({ width: 320, height: 844 })
  await picture(page, `narrow-${name}`)
  expect.soft(await stickingOut(page), `${name}, narrow`).toEqual([])
  expect.soft(await violations(page, 'form'), `${name}, narrow`).toEqual([])
  await page.setViewportSize({ width: 390, height: 844 })
}

for (const half of [0, 1]) {
  test(`axe finds nothing on any screen, light or dark, and nothing is lost with big letters or at 320 pixels: half ${half + 1}`, async ({ page, town }) => {
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
    const all = screens(await asHost(page, town))
    for (const screen of all.filter((_, i) => i % 2 === half)) {
      await show(page, town.url, screen)
      await hold(page, screen.name)
    }
  })
}

test('axe finds nothing at the desk, light or dark, and nothing is lost with big letters or at 320 pixels', async ({ page, town }) => {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  for (const screen of deskScreens(await atDesk(page, town))) {
    await show(page, town.url, screen)
    await hold(page, screen.name)
  }
})

test('axe finds nothing on what a Listener sees, light or dark, and nothing is lost with big letters or at 320 pixels', async ({ page, town }) => {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await joinAs(page, town, 'listener')
  for (const screen of listenerScreens()) {
    await show(page, town.url, screen)
    await hold(page, screen.name)
  }
})

test('a shop’s screens, and that of a till that waits to be let in, are held to the same', async ({ browser, page, town }) => {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await joinAs(page, town, 'owner')
  await show(page, town.url, { name: 'shop', path: '/shop' })
  await page.getByRole('button', { name: 'Add staff' }).click()
  await expect(page.getByLabel('The code in letters')).toBeVisible()
  await expect(page.getByText('It works for others once it has been sent.')).toHaveCount(0)
  const code = await page.getByLabel('The code in letters').innerText()
  await hold(page, 'shop')

  const till = await otherPhone(browser)
  await till.page.goto(`${town.url}/join#${code.replace(/\s/g, '')}`)
  await till.page.getByLabel('Your first name').fill('Sam')
  await till.page.getByRole('button', { name: 'Join', exact: true }).click()
  await till.page.getByRole('heading', { level: 1, name: 'Wait to be let in' }).waitFor()
  await hold(till.page, 'waiting')
  await page.getByRole('button', { name: 'Yes, let it in' }).waitFor()
  await hold(page, 'shop-waiting')
})

test('what an owner does in their shop is held to the same', async ({ page, town }) => {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await joinAs(page, town, 'owner')
  for (const screen of shopScreens()) {
    await show(page, town.url, screen)
    await hold(page, screen.name)
  }
})

/** The demo town's circle, which the activator keeps in order and the Listener helps in. Answers its id. */
async function circleOf(town: Town): Promise<string> {
  const records = await superuser(town)
  const [circle] = await records.find('circles', `personName='Dulcie'`)
  const [[pearl], [femi]] = [await records.find('members', `firstName='Pearl'`), await records.find('members', `firstName='Femi'`)]
  await records.add('organisers', { circle: circle!.id, member: pearl!.id, firstName: 'Pearl' })
  await records.add('circleHelpers', { circle: circle!.id, member: femi!.id, firstName: 'Femi', status: 'in', safety: 'known', by: pearl!.id, at: '2026-01-01T09:00:00.000Z' })
  return circle!.id
}

test('circles and asks are held to the same: by whoever keeps one in order, and by whoever helps', async ({ browser, page, town }) => {
  const femi = (await otherPhone(browser)).page
  for (const one of [page, femi]) await one.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await joinAs(page, town, 'activator')
  await joinAs(femi, town, 'listener')
  const circle = await circleOf(town)
  await page.goto(`${town.url}/asks/new`)
  await page.getByLabel('A few words, if you like').fill('To the library and back, slowly.')
  await page.getByRole('button', { name: 'Put it on the board' }).click()
  await expect(page.getByText('It is on the board')).toBeVisible()
  const ask = new URL(page.url()).pathname
  await femi.goto(town.url + ask)
  await femi.getByRole('button', { name: 'I can', exact: true }).click()
  await page.getByRole('button', { name: 'Choose Femi' }).click()
  await femi.getByLabel('Write to Pearl').fill('Shall we say ten?')
  await femi.getByRole('button', { name: /^Send it/ }).click()
  await expect(page.getByText('Shall we say ten?')).toBeVisible()
  await femi.goto(`${town.url}/circles/${circle}`)
  await femi.getByRole('button', { name: 'I’ll do it' }).first().click()
  await expect(femi.getByRole('link', { name: 'On the day' }).first()).toBeVisible()
  for (const screen of circleScreens(circle, ask)) {
    await show(page, town.url, screen)
    await hold(page, screen.name)
  }
  for (const screen of helperScreens(circle, ask)) {
    await show(femi, town.url, screen)
    await hold(femi, screen.name)
  }
})

test('at a wide desk axe finds nothing, and nothing is cut off', async ({ page, town }) => {
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  const all = deskScreens(await atDesk(page, town))
  await page.setViewportSize({ width: 1280, height: 844 })
  for (const screen of all) {
    await show(page, town.url, screen)
    await picture(page, `desk-wide-${screen.name}`)
    expect.soft(await stickingOut(page), screen.name).toEqual([])
    expect.soft(await violations(page), screen.name).toEqual([])
  }
})

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
    const faint = document.createElement('p')
    faint.textContent = 'faint'
    faint.style.cssText = 'color: #bbb; background: #fff'
    const night = document.createElement('p')
    night.textContent = 'faint at night'
    night.style.cssText = 'color: light-dark(#000, #444); background: light-dark(#fff, #000)'
    document.querySelector('main')?.append(button, wide, faint, night)
  })
  const [all, colours, form] = [await violations(page), await violations(page, 'colours'), await violations(page, 'form')]
  expect(colours.map((one) => one.split(':')[0])).toEqual(['color-contrast'])
  expect(form.map((one) => one.split(':')[0])).toContain('button-name')
  expect(all.sort()).toEqual([...colours, ...form].sort())
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await violations(page, 'colours')).toHaveLength(2)
  await page.emulateMedia({ colorScheme: 'light' })
  expect(await stickingOut(page)).not.toEqual([])
})
