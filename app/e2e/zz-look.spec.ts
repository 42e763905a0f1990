import { execFileSync } from 'node:child_process'
import { stickingOut, violations, doubleText } from './look'
import { joinAs, otherPhone, test } from './town'
const OUT = '/tmp/office-look'
const fill = (folder: string, bare = false) => console.log(execFileSync('python3', ['/tmp/office-look/fill.py', folder, ...(bare ? ['bare'] : [])]).toString())
async function shots(page: any, name: string) {
  await page.waitForTimeout(400)
  for (const [w, h] of [[390, 844], [1280, 900]] as const) {
    await page.setViewportSize({ width: w, height: h })
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      await page.screenshot({ path: `${OUT}/${name}-${w}-${scheme}.png`, fullPage: true })
    }
  }
  await page.setViewportSize({ width: 390, height: 844 })
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  console.log(name, await violations(page), await stickingOut(page))
  await doubleText(page)
  await page.screenshot({ path: `${OUT}/${name}-double.png`, fullPage: true })
  console.log(name, 'double', await stickingOut(page))
  await doubleText(page, false)
  await page.setViewportSize({ width: 320, height: 844 })
  console.log(name, 'narrow', await stickingOut(page))
  await page.setViewportSize({ width: 390, height: 844 })
}
test('desk', async ({ page, town }) => {
  test.setTimeout(300_000)
  fill(town.folder)
  await joinAs(page, town, 'coordinator')
  for (const part of ['', '/rewards', '/reviews', '/settlements', '/patterns', '/settings', '/new']) {
    await page.goto(`${town.url}/desk/scheme${part}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    if (part === '/new') { for (const box of await page.getByRole('checkbox').all()) await box.check(); await page.getByRole('button', { name: 'Save' }).click() }
    if (part === '/reviews') await page.getByRole('button', { name: /Don’t count it/ }).first().click()
    await shots(page, `desk${part.replace('/', '-')}`)
  }
  await page.goto(`${town.url}/`)
  await shots(page, 'front')
  await page.goto(`${town.url}/#show=services`)
  await page.reload()
  await shots(page, 'services')
  await page.goto(`${town.url}/shops`)
  await shots(page, 'shops')
})
test('shop', async ({ page, town, browser }) => {
  test.setTimeout(300_000)
  fill(town.folder)
  await joinAs(page, town, 'owner')
  await page.goto(`${town.url}/shop`)
  await page.getByRole('heading', { level: 2 }).first().waitFor()
  await shots(page, 'shop')
  await page.goto(`${town.url}/poster`)
  await shots(page, 'poster')
  await page.emulateMedia({ media: 'print' })
  await page.setViewportSize({ width: 794, height: 1123 })
  await page.screenshot({ path: `${OUT}/poster-print.png` })
})
test('setup', async ({ page, town }) => {
  test.setTimeout(300_000)
  await joinAs(page, town, 'owner')
  await page.goto(`${town.url}/shop`)
  await page.getByRole('heading', { level: 2 }).first().waitFor()
  await shots(page, 'setup')
  await page.getByRole('button', { name: 'A biscuit with your tea' }).click()
  await page.getByRole('button', { name: 'Save and go on' }).click()
  await page.getByRole('button', { name: 'Some days are different' }).click()
  await shots(page, 'setup2')
  await page.getByRole('button', { name: 'Later' }).click()
  await shots(page, 'setup3')
})
