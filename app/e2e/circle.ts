/** A circle in a town: started, with a home and something to help with soon, and a link for whoever helps. */
import type { Page } from '@playwright/test'
import { expect, openFront, type Town } from './town'

const MINUTE = 60_000

/** As clocks on the wall in London show it. */
export function wall(ms: number): [day: string, time: string] {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/London', dateStyle: 'short', timeStyle: 'short' }).format(ms).split(' ') as [string, string]
}

/** So long after a turn its helper still has the address. */
const GRACE = 30 * MINUTE

/**
 * Half an hour that begins soon, and ends on the day on which it begins; and when its address goes. NB! Whatever the time is, it is later than six
 * o'clock of the evening before it: its address is there at once.
 */
export function soon(now: number): { day: string; from: string; until: string; start: number; goes: number } {
  const minute = Math.ceil(now / MINUTE) * MINUTE
  let start = minute + 15 * MINUTE
  // On the night on which clocks change an end may stand before its beginning, or an hour come twice.
  const plain = () => Date.parse(`${wall(start + 30 * MINUTE).join('T')}Z`) - Date.parse(`${wall(start).join('T')}Z`) === 30 * MINUTE && wall(start)[1] !== wall(start - 60 * MINUTE)[1]
  while (wall(start)[0] !== wall(start + 30 * MINUTE)[0] || !plain()) start += 5 * MINUTE
  const [day, from] = wall(start)
  return { day, from, until: wall(start + 30 * MINUTE)[1], start, goes: start + 30 * MINUTE + GRACE }
}

export interface Home {
  address: string
  door: string
  ringName: string
  ringPhone: string
}

/** By its person, who keeps it in order. Answers its id. */
export async function aCircle(page: Page, town: Town, name: string, person: string): Promise<string> {
  await page.goto(`${town.url}/circles/new`)
  await page.getByLabel('What the circle is called').fill(name)
  await page.getByLabel('The first name that helpers use').fill(person)
  await page.getByLabel('Yes, I would like that').check()
  await page.getByRole('button', { name: 'Start the circle' }).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
  return new URL(page.url()).pathname.split('/')[2]!
}

export async function setHome(page: Page, town: Town, circle: string, home: Home): Promise<void> {
  await page.goto(`${town.url}/circles/${circle}/home`)
  await page.getByLabel('The address').fill(home.address)
  await page.getByLabel('The door').fill(home.door)
  await page.getByLabel('Whom to ring if nobody answers').fill(home.ringName)
  await page.getByLabel('Their phone number').fill(home.ringPhone)
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Saved. Turns that are on now have it too.')).toBeVisible()
}

/** Every week from then on; answers when it is. */
export async function aSlot(page: Page, town: Town, circle: string, end: string): Promise<ReturnType<typeof soon>> {
  await page.goto(`${town.url}/circles/${circle}/slot`)
  const when = soon(Date.now())
  await page.getByLabel('A walk there and back').check()
  await page.getByLabel('From', { exact: true }).fill('home')
  await page.getByLabel('To', { exact: true }).fill(end)
  await page.locator('#date').fill(when.day)
  await page.locator('#time').fill(when.from)
  await page.locator('#ends').fill(when.until)
  await page.getByRole('button', { name: 'Add it to the rota' }).click()
  await expect(page.getByRole('heading', { name: 'The rota' })).toBeVisible()
  return when
}

/** The link for whoever helps, as it is sent by WhatsApp. */
export async function linkOf(page: Page, town: Town, circle: string): Promise<string> {
  await page.goto(`${town.url}/circles/${circle}/invite`)
  await page.getByRole('button', { name: 'Make a link' }).click()
  const text = page.getByText(/http\S+\/join#/)
  await expect(text.first()).toBeVisible()
  await expect(page.getByText('Saved on this phone. The link works once it has been sent.')).toHaveCount(0)
  return /http\S+\/join#\S+/.exec(await text.first().innerText())![0]
}

/** Somebody new joins by the link, and takes the first turn. Answers its id. */
export async function takesFirst(page: Page, town: Town, circle: string, link: string, name: string): Promise<string> {
  await openFront(page, town)
  await page.goto(link)
  await page.getByLabel('Your first name').fill(name)
  await page.getByRole('button', { name: 'Join and see the turns' }).click()
  await expect(page).toHaveURL(`${town.url}/circles/${circle}`)
  await page.getByRole('button', { name: 'I’ll do it' }).first().click()
  const day = page.getByRole('link', { name: 'On the day' }).first()
  return (await day.getAttribute('href'))!.split('/')[2]!
}
