/** One person lets another act for them: offered on one phone, taken on the other. */
import type { Page } from '@playwright/test'
import { expect, type Town } from './town'

/** `page` is the person's, `helper` the other's; both have joined. */
export async function letAct(page: Page, helper: Page, town: Town): Promise<void> {
  await page.goto(`${town.url}/you/helpers`)
  await page.getByRole('button', { name: 'Let somebody act for me' }).click()
  await page.getByLabel('Who is it?').fill('Pearl')
  await page.getByRole('button', { name: 'Show the code' }).click()
  const code = await page.locator('.code').innerText()
  await expect(page.getByText('Waits to be scanned')).toBeVisible()
  // The code opens something once the server has heard of it: a helper who is faster is refused.
  await expect(page.getByText(/waiting to be sent/)).toHaveCount(0)
  await helper.goto(`${town.url}/act#${code}`)
  await helper.getByRole('button', { name: 'Yes, I’ll act for them' }).click()
}
