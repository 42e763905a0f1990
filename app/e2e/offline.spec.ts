import { expect, firstDay, joinAs, kept, openFront, otherPhone, test } from './town'

test('with the server killed: cold start from a deep link, search, "I’d like to come", tab killed; then exactly one visit', async ({ browser, town }) => {
  const { context, page: first } = await otherPhone(browser)
  await joinAs(first, town, 'resident')
  await openFront(first, town)
  await kept(first)

  const host = await otherPhone(browser)
  await joinAs(host.page, town, 'activator')
  await host.page.goto(`${town.url}/groups`)
  const group = host.page.getByRole('heading', { level: 2 }).first()
  const title = (await group.innerText()).trim()
  const address = await group.getByRole('link').getAttribute('href')

  await town.stop()
  await first.close()

  const cold = await context.newPage()
  await cold.goto(town.url + address)
  await expect(cold.getByRole('heading', { level: 1, name: title })).toBeVisible()

  await cold.getByRole('link', { name: 'What’s on', exact: true }).click()
  await cold.getByRole('searchbox').fill(title)
  await cold.getByRole('link', { name: title }).first().click()
  await cold.getByRole('link', { name: 'I’d like to come' }).click()
  await cold.getByLabel('Your first name, if you like').fill('Rosa')
  await cold.getByLabel(/Please meet me at the door/).check()
  await cold.getByRole('button', { name: 'Say I’d like to come' }).click()
  await expect(cold.getByText('It will be sent when there’s signal. You can close Kith.')).toBeVisible()
  await cold.close({ runBeforeUnload: false })

  const reopened = await context.newPage()
  await reopened.goto(`${town.url}/plans`)
  await expect(reopened.getByRole('link', { name: title })).toBeVisible()
  await expect(reopened.getByText('Saved on this phone. It will be sent when there’s signal.')).toBeVisible()

  await town.start()
  await reopened.reload()
  await expect(reopened.getByText('They know you’re coming.')).toBeVisible()

  await host.page.reload()
  await expect(host.page.getByText('Rosa', { exact: true })).toHaveCount(1)
  await expect(host.page.getByText('Please meet at the door')).toHaveCount(1)
})

test('the first start with no server says so, and fetches when it can', async ({ page, town }) => {
  await openFront(page, town)
  await kept(page)
  await page.goto('about:blank')
  const storage = await page.context().newCDPSession(page)
  await storage.send('Storage.clearDataForOrigin', { origin: town.url, storageTypes: 'indexeddb' })
  await storage.send('Network.clearBrowserCache')
  await town.stop()
  await page.goto(town.url)
  await expect(page.getByText(/You have no signal, and nothing has been fetched yet/)).toBeVisible()
  await town.start()
  // By itself, at its next try: "Try again" only spares the wait, and may be gone before it is tapped.
  await expect(firstDay(page)).toBeVisible({ timeout: 90_000 })
})
