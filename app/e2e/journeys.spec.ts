import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, joinAs, kept, openFront, otherPhone, stands, test } from './town'

test('with the keyboard alone: skip link, search, open, come back to the list as it was', async ({ page, town }) => {
  await openFront(page, town)
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to what’s on this page' })).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to the menu' })).toBeFocused()
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Enter')
  await expect(page.locator('main')).toBeFocused()

  const all = await page.locator('.count').innerText()
  await page.getByRole('searchbox').focus()
  await page.keyboard.type('lunch')
  await expect(page).toHaveURL(/#words=lunch$/)
  await expect(page.locator('.count')).not.toHaveText(all)
  await expect(page.getByRole('status').filter({ hasText: /things to go to/ })).toBeAttached()
  const first = page.getByRole('main').getByRole('listitem').getByRole('link').first()
  const title = await first.innerText()
  await first.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeFocused()
  await expect(page).toHaveTitle(`${title} – Kith`)

  await page.goBack()
  await expect(page.getByRole('heading', { level: 1, name: 'What’s on' })).toBeFocused()
  await expect(page.getByRole('searchbox')).toHaveValue('lunch')
  await page.getByRole('searchbox').focus()
  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(`${town.url}/`)
})

test('who taps while they still type finds all their words on the way back', async ({ page, town }) => {
  await openFront(page, town)
  await page.evaluate(() => {
    const search = document.querySelector<HTMLInputElement>('input[type=search]')!
    search.value = 'lunch'
    search.dispatchEvent(new Event('input', { bubbles: true }))
    document.querySelector<HTMLAnchorElement>('main li a')!.click()
  })
  await expect(page.getByRole('searchbox')).toHaveCount(0)
  await page.goBack()
  await expect(page.getByRole('searchbox')).toHaveValue('lunch')
  await expect(page).toHaveURL(/#words=lunch$/)
})

test('filters open in the page, count, exclude, close with Escape and are in the address', async ({ page, town }) => {
  await openFront(page, town)
  await page.getByRole('button', { name: 'Filters' }).click()
  const leaveOut = page.getByRole('group', { name: 'Leave out' })
  await leaveOut.getByText('Pub', { exact: true }).click()
  await expect(page).toHaveURL(/#without=pub$/)
  const withPaid = await page.locator('.count').innerText()
  const free = page.getByRole('group', { name: 'Cost' }).getByRole('checkbox', { name: /^Free/ })
  expect(await free.evaluate((box: HTMLInputElement) => (box.click(), location.hash)), 'in the address at once').toMatch(/costs=free/)
  await expect(page.locator('.count')).not.toHaveText(withPaid)
  const count = Number((await page.locator('.count').innerText()).split(' ')[0])
  expect(count).toBeGreaterThan(0)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: 'Filters (2)' })).toBeVisible()
  await page.reload()
  await expect(page.locator('.count')).toHaveText(`${count} things to go to`)
  await page.getByRole('button', { name: 'Clear all' }).click()
  await expect(page).toHaveURL(`${town.url}/`)
})

test('what is typed into a search never reaches the server', async ({ page, town }) => {
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(`${town.url}/#words=bereavement`)
  await page.getByRole('searchbox').waitFor()
  expect(asked.filter((url) => url.includes('bereavement') && !url.includes('#'))).toEqual([])
  expect(asked.filter((url) => !url.startsWith(town.url))).toEqual([])
})

test('with no account: what was chosen is kept, an invite sends it, the host sees only that', async ({ browser, page, town }) => {
  const host = await otherPhone(browser)
  await joinAs(host.page, town, 'activator')
  await host.page.goto(`${town.url}/groups`)
  const address = await host.page.getByRole('heading', { level: 2 }).first().getByRole('link').getAttribute('href')

  await openFront(page, town)
  await page.goto(`${town.url}${address}/come`)
  await page.getByLabel(/Please meet me at the door/).check()
  await page.getByRole('button', { name: 'Say I’d like to come' }).click()
  await expect(page.getByRole('heading', { name: 'One more step to send it' })).toBeVisible()

  await page.goto(town.link('resident'))
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await page.getByRole('link', { name: 'Go on with what you started' }).or(page.getByRole('link', { name: 'See what’s on' })).first().click()
  await page.goto(`${town.url}/plans`)
  await expect(page.getByText('They know you’re coming.')).toBeVisible()
  await host.page.goto(`${town.url}/groups`)
  await expect(host.page.getByText('Someone new', { exact: true })).toHaveCount(1)

  await page.getByRole('main').getByRole('link').first().click()
  await page.getByRole('button', { name: 'I’m not coming after all' }).click()
  await expect(page.getByText('That’s fine. You can come another time.')).toBeVisible()
  await expect(host.page.getByText('Someone new', { exact: true })).toHaveCount(0)
})

test('two tabs: what is done in one stands in the other, and is sent once', async ({ browser, town }) => {
  const { context, page: one } = await otherPhone(browser)
  await joinAs(one, town, 'resident')
  await openFront(one, town)
  const link = one.getByRole('main').getByRole('listitem').getByRole('link').nth(12)
  const address = await link.getAttribute('href')
  const two = await context.newPage()
  await two.goto(`${town.url}/plans`)
  const pushed: string[] = []
  context.on('request', (request) => pushed.push(request.postData()?.includes('visits.come') ? request.url() : ''))

  await one.goto(`${town.url}${address}/come`)
  await one.getByRole('button', { name: 'Say I’d like to come' }).click()
  await expect(one.getByText('They know you’re coming')).toBeVisible()
  await expect(two.getByText('They know you’re coming.')).toHaveCount(1)
  expect(pushed.filter(Boolean)).toHaveLength(1)
})

test('a listing is put up in the hall with no signal, the tab killed half way, and is there for everybody later', async ({ browser, page, town }) => {
  await joinAs(page, town, 'activator')
  await openFront(page, town)
  await kept(page)
  await town.stop()
  await page.goto(`${town.url}/groups/new`)
  await page.getByLabel('Its name').fill('Knit and natter')
  await page.getByLabel('Starts').fill('14:00')
  // What was typed is kept a moment later, and a reload may come before: then it is typed again.
  await expect(async () => {
    await page.getByLabel('Ends, if you know').fill('15:30')
    await page.reload()
    await expect(page.getByLabel('Its name')).toHaveValue('Knit and natter')
    expect(await page.getByLabel('Ends, if you know').inputValue()).toBe('15:30')
  }, 'what was typed is there after a reload').toPass({ timeout: 60_000 })

  await page.getByRole('button', { name: 'Put it up' }).click()
  await expect(page.getByRole('alert').getByRole('link')).toHaveText(['Choose a place, or say that it has none'])
  await page.getByRole('alert').getByRole('link').click()
  await expect(page.getByLabel('Find the place')).toBeFocused()
  await page.getByLabel('Find the place').fill('lantern hall')
  await page.getByRole('radio', { name: /Lantern Hall/ }).check()
  await page.getByRole('button', { name: 'Put it up' }).click()
  await expect(page.getByRole('heading', { level: 2, name: 'Knit and natter' })).toBeVisible()

  await town.start()
  await page.reload()
  await stands(page)
  await expect(page.getByText('Saved on this phone. It will be sent when there’s signal.')).toHaveCount(0)
  const neighbour = await otherPhone(browser)
  await openFront(neighbour.page, town)
  await neighbour.page.getByRole('searchbox').fill('knit natter')
  await neighbour.page.getByRole('link', { name: /^Knit and natter/ }).first().click()
  await expect(neighbour.page.getByText('2pm to 3:30pm').first()).toBeVisible()
  await expect(neighbour.page.getByText(/^Checked (today|yesterday)/)).toBeVisible()
})

test('the calendar file and the plain text are made on the phone', async ({ context, page, town }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await openFront(page, town)
  await page.getByRole('main').getByRole('listitem').getByRole('link').first().click()
  const file = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Calendar' }).click()
  const text = readFileSync(await (await file).path(), 'utf8')
  expect(text).toMatch(/^BEGIN:VCALENDAR\r\n[\s\S]+END:VCALENDAR\r\n$/)
  await page.getByRole('button', { name: 'Share' }).click()
  await expect(page.getByText('Copied.')).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(`${town.url}/l/`)
})

test('on paper: the listing alone, with its address and a code that leads back', async ({ page, town }) => {
  await openFront(page, town)
  await page.getByRole('main').getByRole('listitem').getByRole('link').first().click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.emulateMedia({ media: 'print' })
  await expect(page.getByRole('navigation')).toHaveCount(0)
  await expect(page.getByRole('button')).toHaveCount(0)
  await expect(page.getByText('Find it again at')).toBeVisible()
  await expect(page.locator('footer svg')).toBeVisible()
})

test('first visit: at most 60 kB of script before What’s on stands', async ({ page, town }) => {
  const scripts = new Map<string, Promise<Buffer>>()
  await page.route(/\/sw\.js$/, (route) => route.abort())
  page.on('response', (response) => void (response.url().endsWith('.js') && scripts.set(response.url(), response.body())))
  await openFront(page, town)
  await page.waitForLoadState('networkidle').catch(() => undefined)
  // The library for rare rhythms comes after the list stands, and only where a listing needs it.
  const first = [...scripts].filter(([url]) => !url.includes('library'))
  const sizes = await Promise.all(first.map(async ([, body]) => gzipSync(await body, { level: 9 }).length))
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  expect(first.length).toBeGreaterThan(0)
  expect(bytes).toBeLessThanOrEqual(60_000)
})
