/**
 * A circle on paper: each sheet is one page of A4, in letters that somebody of 85 reads from two metres, with first names
 * and without the address.
 */
import type { Page } from '@playwright/test'
import { FAR_MM, NEAR_MM } from '../src/circles/paper/sight'
import { aCircle, aSlot, linkOf, setHome, takesFirst } from './circle'
import { expect, joinAs, otherPhone, test } from './town'

const HOME = { address: '7 Elm Row', door: 'Ring twice', ringName: 'Joan', ringPhone: '020 7946 0377' }

/** Lines of a sheet as they are printed: how high their capitals are, in millimetres, by the pixels that the typeface paints. */
const lines = (page: Page): Promise<[text: string, mm: number][]> =>
  page.locator('svg.sheet').first().evaluate(async (sheet) => {
    await document.fonts.ready
    const paint = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!
    paint.canvas.width = paint.canvas.height = 300
    const capital = (font: string) => {
      paint.clearRect(0, 0, 300, 300)
      paint.font = font
      paint.fillText('H', 20, 250)
      const { data } = paint.getImageData(0, 0, 300, 300)
      const rows = Array.from({ length: 300 }, (_, y) => y).filter((y) => Array.from({ length: 300 }, (_, x) => data[(y * 300 + x) * 4 + 3]!).some((alpha) => alpha > 127))
      return (rows.at(-1)! - rows[0]! + 1) / 200
    }
    const scale = sheet.getBoundingClientRect().width / 190 // of a drawing of 190 mm on paper
    return [...sheet.querySelectorAll('text')].map((text) => {
      const { fontFamily, fontWeight, fontSize } = getComputedStyle(text)
      const mm = (parseFloat(fontSize) * text.getScreenCTM()!.a) / scale
      return [text.textContent ?? '', Math.round(mm * capital(`${fontWeight} 200px ${fontFamily}`) * 10) / 10] as [string, number]
    })
  })

/** Pages of a PDF, and how large they are in points. */
async function printed(page: Page): Promise<{ pages: number; sizes: string[] }> {
  const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1')
  return { pages: [...pdf.matchAll(/\/Type\s*\/Page\b/g)].length, sizes: [...new Set([...pdf.matchAll(/\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/g)].map(([, w, h]) => `${Math.round(Number(w))}×${Math.round(Number(h))}`))] }
}

test('the week for the fridge and the call list are a page of A4 each, in letters for two metres, with no address on them', async ({ browser, page: host, town }) => {
  test.slow()
  await joinAs(host, town, 'activator')
  const circle = await aCircle(host, town, 'Thursdays with Ada', 'Ada')
  await setHome(host, town, circle, HOME)
  await aSlot(host, town, circle, 'the salon on Rye Lane')
  const link = await linkOf(host, town, circle)
  const { page, context } = await otherPhone(browser)
  await takesFirst(page, town, circle, link, 'Samira')

  await host.goto(`${town.url}/circles/${circle}/paper/week`)
  // Of a turn that is tomorrow, and that on a Sunday, it is in the week after.
  const sheet = host.locator('svg.sheet')
  await expect(sheet.getByText('Samira').or(sheet.getByText('Nothing is planned')).first()).toBeVisible()
  if (await sheet.getByText('Nothing is planned').count()) await host.getByLabel('Next week').check()
  await expect(sheet.getByText('Samira')).toBeVisible()
  const week = await lines(host)
  const far = week.filter(([text]) => text === 'Samira' || /^\w+day$/.test(text) || /^(midday|midnight|\d+(:\d\d)?[ap]m)$/.test(text))
  console.log(`capitals in mm: ${far.map(([text, mm]) => `${text} ${mm}`).join(', ')}`)
  expect(far).toHaveLength(3)
  for (const [text, mm] of far) expect(mm, text).toBeGreaterThanOrEqual(Math.floor(FAR_MM * 10) / 10)
  for (const [text, mm] of week) expect(mm, text).toBeGreaterThanOrEqual(Math.floor(NEAR_MM * 10) / 10)
  expect(await printed(host)).toEqual({ pages: 1, sizes: ['595×842'] })

  await host.goto(`${town.url}/circles/${circle}/paper/calls`)
  await expect(sheet.getByText('Samira')).toBeVisible()
  const calls = await lines(host)
  expect(calls.find(([text]) => text === 'Samira')![1]).toBeGreaterThanOrEqual(Math.floor(FAR_MM * 10) / 10)
  for (const [text, mm] of calls) expect(mm, text).toBeGreaterThanOrEqual(Math.floor(NEAR_MM * 10) / 10)
  expect(await printed(host)).toEqual({ pages: 1, sizes: ['595×842'] })

  await host.goto(`${town.url}/circles/${circle}/paper/cards`)
  await expect(sheet.getByText('I’ll come:').first()).toBeVisible()
  expect(await printed(host)).toEqual({ pages: 1, sizes: ['595×842'] })
  const said = [week, calls, await lines(host)].flat().map(([text]) => text).join('\n')
  for (const word of ['Elm Row', 'Ring twice', 'Joan', '7946']) expect(said).not.toContain(word)
  expect((await lines(host)).map(([text]) => text).join('\n'), 'cards go round: for whom it is stands on none').not.toContain('Ada')
  await context.close()
})
