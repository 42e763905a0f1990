/** What the server has of what somebody sent: a double shows there, also one that the rows of a phone would hide. */
import type { Page } from '@playwright/test'
import type { Town } from './town'

/** What became of each command of that name that the phones of this page's person have sent, as the server's own record has it. */
export async function heard(page: Page, town: Pick<Town, 'url'>, name: string): Promise<string[]> {
  await page.goto(`${town.url}/you/known`)
  await page.getByRole('button', { name: 'Show me everything' }).click()
  const sent = page.locator('.part-of', { has: page.getByRole('heading', { name: /^What your phones sent/ }) }).locator('.row-of')
  await sent.first().waitFor()
  const rows = await sent.filter({ hasText: `Name: ${name}` }).allInnerTexts()
  return rows.map((row) => /Status: (\w+)/.exec(row)?.[1] ?? row)
}

/** The nonces of commands of that name, as often as each leaves this page from now on. */
export function leaving(page: Page, name: string): string[] {
  const nonces: string[] = []
  page.on('request', (request) => {
    if (!request.url().endsWith('/api/sync')) return
    const { commands } = request.postDataJSON() as { commands: { name: string; nonce: string }[] }
    nonces.push(...commands.filter((command) => command.name === name).map(({ nonce }) => nonce))
  })
  return nonces
}
