import type { Browser, Page } from '@playwright/test'
import { expect, joinAs, kept, stands, test, type Town } from './town'

const HOUR = 3_600_000
/** How long a coordinator's phone may hold what coordinators see (internal/limits). */
const LEASE = 72 * HOUR

/** Somebody whom coordinators see, and nobody else who is here: the demo's resident without a phone. */
const SEEN = 'Edna'

async function atDesk(page: Page, town: Town): Promise<void> {
  await page.goto(`${town.url}/desk/people`)
  await expect(page.getByRole('link', { name: new RegExp(`^${SEEN}`) })).toBeVisible()
}

/** A phone all of whose answers are kept as they come over the wire, each behind whom it answers. It has no live connection, so it asks again and again. */
async function overheard(browser: Browser): Promise<{ page: Page; told: string[] }> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'en-GB', serviceWorkers: 'block' })
  const told: string[] = []
  await context.route('**/api/sync/live', (route) => route.abort())
  await context.route(/\/api\/sync(\/public\/.*)?$/, async (route) => {
    const response = await route.fetch().catch(() => null)
    if (!response) return // the phone was put away meanwhile
    told.push(`${new URL(response.url()).pathname} ${await response.text()}`)
    await route.fulfill({ response })
  })
  return { page: await context.newPage(), told }
}

test('after a role is taken no byte of what it opened is in any answer, and the phone holds none of it', async ({ browser, page, town }) => {
  await joinAs(page, town, 'coordinator')
  const ruth = await overheard(browser)
  await joinAs(ruth.page, town, 'second')
  await atDesk(ruth.page, town)
  expect(ruth.told.join('\n'), 'the search is not blind').toContain('["coordinators"')
  expect(ruth.told.join('\n')).toContain(SEEN)

  await page.goto(`${town.url}/desk/people`)
  await page.getByRole('searchbox').fill('Ruth')
  await page.getByRole('link', { name: /^Ruth/ }).first().click()
  await page.getByRole('button', { name: /^Take away/ }).first().click()
  await page.getByRole('button', { name: /^Yes/ }).click()
  await expect(page.getByRole('button', { name: /^Take away/ })).toHaveCount(0)
  await expect(page.getByText('Saved on this phone, not sent yet.')).toHaveCount(0)

  // It is committed: what she asks from here on, with what she holds and with nothing, brings none of it.
  ruth.told.length = 0
  const anew = await overheard(browser)
  await joinAs(anew.page, town, 'second')
  for (const phone of [ruth, anew]) {
    await phone.page.goto(`${town.url}/plans`)
    await stands(phone.page)
    await expect(phone.page.getByRole('link', { name: 'The desk' })).toHaveCount(0)
    await phone.page.goto(`${town.url}/desk/people`)
    await phone.page.getByRole('heading', { level: 1 }).first().waitFor()
    await expect(phone.page.getByText(SEEN)).toHaveCount(0)
    // NB! What anybody may read is answered before, and says nothing of this.
    await expect.poll(() => phone.told.join('\n'), 'it was answered as hers').toMatch(/^\/api\/sync \{"head"/m)
    const told = phone.told.join('\n')
    expect(told).not.toContain('["coordinators"')
    expect(told).not.toContain(SEEN)
  }
})

for (const [name, moved] of [['set two days on', 48 * HOUR], ['set two days back', -48 * HOUR], ['left alone', 0]] as const) {
  test(`a phone with no signal forgets what coordinators see when its lease is over, its clock ${name}`, async ({ page, town }) => {
    const began = Date.now()
    await page.clock.install({ time: began })
    await page.clock.resume()
    await joinAs(page, town, 'coordinator')
    await atDesk(page, town)
    await kept(page)
    await town.stop()

    await page.clock.setSystemTime(began + moved)
    if (moved <= 0) {
      await page.clock.fastForward(LEASE - 2 * HOUR)
      await expect(page.getByRole('link', { name: new RegExp(`^${SEEN}`) })).toBeVisible()
      await page.clock.fastForward(2 * HOUR)
    } else {
      await page.clock.fastForward(LEASE - moved)
    }
    await page.clock.runFor(2 * HOUR)
    await expect(page.getByText(SEEN)).toHaveCount(0)
    await page.reload()
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    await expect(page.getByText(SEEN)).toHaveCount(0)
  })
}
