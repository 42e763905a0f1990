import { appendFileSync, copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BINARY, built, expect, kept, openFront, test, Town } from './town'

test('a new version waits until the person says "Use it now"', async ({ page, seeded }) => {
  const folder = mkdtempSync(join(tmpdir(), 'kith-release-'))
  copyFileSync(BINARY, join(folder, 'kith'))
  cpSync(built(), join(folder, 'pb_public'), { recursive: true })
  const town = await Town.open(seeded, join(folder, 'kith'))
  try {
    await openFront(page, town)
    await kept(page)
    await town.stop()
    appendFileSync(join(folder, 'pb_public', 'sw.js'), '\n// another version\n')
    await town.start()
    await page.reload()
    await expect(page.getByText('A new version is ready.')).toBeVisible({ timeout: 60_000 }) // all of it is kept anew, as in kept()
    await page.reload()
    await expect(page.getByText('A new version is ready.')).toBeVisible()
    const reloaded = page.waitForEvent('load')
    await page.getByRole('button', { name: 'Use it now' }).click()
    await reloaded
    await page.getByRole('heading', { level: 1 }).waitFor()
    await expect(page.getByText('A new version is ready.')).toHaveCount(0)
  } finally {
    await town.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
