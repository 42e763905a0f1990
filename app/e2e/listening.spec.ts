/**
 * What a Listener sees afterwards, and what lies ready for them: something urgent that hasn't gone, what the server put
 * off or refused, taking back, hearing of it; helplines, cards, nudges, and the sign for the window.
 */
import type { Page, Route } from '@playwright/test'
import { readFileSync, rmSync } from 'node:fs'
import { openQuiet, violations } from './look'
import { addMe, endTurn, go, joinHere, shareIt, tablet } from './tablet'
import { expect, joinAs, kept, openFront, test, verb, type Town } from './town'

const NAME = 'Vexquilborn'
const LETTERS = '**/api/concerns'
const RECEIPTS = '**/api/concerns/receipts'

const named = (town: Town) => verb(town, 'concerns', 'about', NAME)
const news = (page: Page) => page.getByRole('region', { name: 'From before' })

interface Wish {
  urgent?: boolean
  tell?: boolean
  /** On the page that says that it is saved. */
  stay?: boolean
}

/** Passes on a name, and closes the page, but for who stays on it. */
async function passOn(page: Page, { urgent = false, tell = false, stay = false }: Wish = {}): Promise<void> {
  await openQuiet(page)
  await page.getByLabel('Yes, and they’re fine with it').check()
  await page.getByLabel('Their name').fill(NAME)
  await page.getByLabel('Lonely').check()
  if (urgent) await page.getByLabel('Yes, today').check()
  if (tell) await page.getByLabel('Tell me when somebody has it').check()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('heading', { name: 'Saved' }).waitFor()
  if (stay) return
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
}

/** As if there were signal again just now. */
const signal = (page: Page) => page.evaluate(() => dispatchEvent(new Event('online')))

/** The server's answer to each letter of a request. */
const answers = (outcome: object) => async (route: Route) => {
  const { letters } = route.request().postDataJSON() as { letters: string[] }
  await route.fulfill({ json: { epoch: 'of this test', outcomes: letters.map(() => outcome) } })
}

async function close(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Close now' }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
}

test('something for today that hasn’t gone in five minutes is said and doesn’t say what it is; a tap shows a number; and no more once it has', async ({ page, town }) => {
  await joinAs(page, town, 'listener')
  await page.clock.install()
  await openFront(page, town)
  const line = page.getByText('Something of yours has not gone yet.')
  // That the cards were read is among the rows of one's own, which come after those of everybody.
  await openQuiet(page)
  await page.getByLabel('Yes, and they’re fine with it').check()
  await page.getByLabel('Their name').waitFor()
  await close(page)
  await town.stop()
  await passOn(page, { urgent: true })
  await page.clock.fastForward('04:00')
  await expect(line).toHaveCount(0)
  await page.clock.fastForward('01:31')
  await expect(line).toBeVisible()
  const said = await page.getByRole('status').filter({ has: line }).innerText()
  expect(said, 'nothing for whoever looks at this screen next').not.toMatch(/worr|concern|quiet|safeguard|council|ring|today|urgent|\d|Vexquilborn/i)
  await expect(page.getByRole('link', { name: '020 7946 0222' })).toHaveCount(0)
  await expect(page).toHaveTitle(/What’s on/)
  await page.getByRole('button', { name: 'See it' }).click()
  await expect(news(page)).toContainText(/Saved (today|yesterday)/) // five minutes later
  await expect(news(page)).toContainText('it has not gone yet')
  await expect(news(page).getByRole('link', { name: /020 7946 0222/ })).toHaveAttribute('href', 'tel:02079460222')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
  await expect(line).toBeVisible()
  await town.start()
  await signal(page)
  await expect.poll(() => named(town)).toContain('1 concerns name them')
  await expect(line).toHaveCount(0)
})

test('on a shared tablet nobody but its writer sees that something for today was put off', async ({ town }) => {
  const { context, page, folder } = await tablet('block') // see below
  try {
    await openFront(page, town)
    await shareIt(page, town)
    await addMe(page, '271828')
    await joinHere(page, town.link('listener'))
    await go(page, '/')
    await page.route(LETTERS, answers({ outcome: 'later', code: 'too_many' }))
    await openQuiet(page)
    await page.getByLabel('Not yet').check()
    await page.getByLabel('Lonely').check()
    await page.getByLabel('Yes, today').check()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(page.getByRole('alert')).toContainText('ring now')
    await page.getByRole('button', { name: 'Done' }).click()
    const line = page.getByText('Something of yours has not gone yet.')
    await expect(line).toBeVisible()
    await endTurn(page)
    await expect(line).toHaveCount(0)
    await page.getByRole('button', { name: 'Add me to this tablet' }).click()
    await addMe(page, '3141')
    await joinHere(page, town.link('listener'))
    await expect(line).toHaveCount(0)
    await openQuiet(page)
    await expect(page.getByLabel('Not yet')).toBeVisible()
    await expect(news(page)).toHaveCount(0)
    await expect(page.getByText(/ring now|for today/)).toHaveCount(0)
  } finally {
    await context.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

test.describe('what the server says to a letter', () => {
  // With a worker between page and server, an answer of these tests can be passed by; what they look at needs none.
  test.use({ serviceWorkers: 'block' })

  for (const [code, words] of [['basics_first', 'read the seven cards'], ['too_many', 'It goes by itself, a little later']] as const) {
    test(`what the server puts off (${code}) is said to its writer alone, waits, and arrives`, async ({ page, town }) => {
      await joinAs(page, town, 'listener')
      await page.clock.install()
      await openFront(page, town)
      await page.route(LETTERS, answers({ outcome: 'later', code }))
      await passOn(page)
      await openQuiet(page)
      await expect(news(page).getByText(words)).toBeVisible()
      if (code === 'basics_first') await expect(news(page).getByRole('button', { name: 'Read the cards' })).toBeVisible()
      await close(page)
      await expect(page.getByText(words), 'nowhere but above the form').toHaveCount(0)
      expect(named(town)).not.toContain('1 concerns name them')
      await page.unroute(LETTERS)
      await page.clock.fastForward('02:00')
      await signal(page)
      await expect.poll(() => named(town)).toContain('1 concerns name them')
      await openQuiet(page)
      await expect(news(page)).toHaveCount(0)
    })
  }

  test('something for today that the server puts off says so where it was saved, at once, with whom to ring', async ({ page, town }) => {
    await joinAs(page, town, 'listener')
    await page.clock.install()
    await openFront(page, town)
    await page.route(LETTERS, answers({ outcome: 'later', code: 'too_many' }))
    await passOn(page, { urgent: true, stay: true })
    const held = page.getByRole('alert').filter({ hasText: 'Very much was passed on from here today, so this has to wait. You asked for somebody to look today: ring now.' })
    await expect(held).toBeVisible()
    await expect(held.getByRole('link', { name: 'Ring 020 7946 0222' })).toHaveAttribute('href', 'tel:02079460222')
    expect(await violations(page, 'all')).toEqual([])
    await page.getByRole('button', { name: 'Done' }).click()
    const line = page.getByText('Something of yours has not gone yet.')
    await expect(line, 'before five minutes are over').toBeVisible()
    await page.reload()
    await expect(line).toBeVisible()
    await openQuiet(page)
    await expect(news(page).getByText('You asked for somebody to look today: ring now.', { exact: false })).toBeVisible()
    await close(page)
    await page.unroute(LETTERS)
    // The page that was loaded anew may have been answered "later" just now, which orders a minute from then.
    await expect
      .poll(async () => {
        await page.clock.fastForward('02:00')
        await signal(page)
        return named(town)
      })
      .toContain('1 concerns name them')
    await expect(line).toHaveCount(0)
  })

  test('what the server refuses for good is said, with what to do, until its writer has read it', async ({ page, town }) => {
    await joinAs(page, town, 'listener')
    await openFront(page, town)
    await page.route(LETTERS, answers({ outcome: 'rejected', code: 'text_invalid' }))
    const answered = page.waitForResponse(LETTERS)
    await passOn(page)
    await answered
    for (let time = 0; time < 2; time++) {
      await openQuiet(page)
      await expect(news(page).getByText('It could not be taken in. If it still matters, pass it on again, or ring.')).toBeVisible()
      await close(page)
    }
    await page.reload()
    await openQuiet(page)
    await news(page).getByRole('button', { name: 'All right' }).click()
    await expect(news(page)).toHaveCount(0)
    await expect(page.getByLabel('Not yet'), 'and it can be passed on again').toBeVisible()
  })

  test('it can be taken back, and nothing is left of it at the server', async ({ page, town }) => {
    await joinAs(page, town, 'listener')
    await openFront(page, town)
    await passOn(page)
    await expect.poll(() => named(town)).toContain('1 concerns name them')
    await openQuiet(page)
    await page.getByRole('button', { name: 'Take a concern back' }).click()
    await page.getByRole('button', { name: /^Take it back ?: .+ (today|yesterday), / }).click()
    await page.getByRole('button', { name: 'Yes, take it back' }).click()
    await expect.poll(() => named(town), 'nothing is left at the server').not.toContain('1 concerns name them')
  })

  test('what somebody has already can’t be taken back, and that is said', async ({ page, town }) => {
    await joinAs(page, town, 'listener')
    await openFront(page, town)
    await passOn(page)
    await expect.poll(() => named(town)).toContain('1 concerns name them')
    await page.route(LETTERS, answers({ outcome: 'rejected', code: 'picked_up' }))
    await openQuiet(page)
    await page.getByRole('button', { name: 'Take a concern back' }).click()
    await page.getByRole('button', { name: /^Take it back ?: .+ (today|yesterday), / }).click()
    await page.getByRole('button', { name: 'Yes, take it back' }).click()
    await expect(news(page).getByText('Somebody has it already, so it can’t be taken back.')).toBeVisible()
  })

  test('who wants to hear of it is told three things and no more, asks without a name, and can stop', async ({ page, town }) => {
    await joinAs(page, town, 'listener')
    await openFront(page, town)
    const asked: { receipts: string[]; by: string | undefined }[] = []
    let state = 'received'
    await page.route(RECEIPTS, async (route) => {
      asked.push({ receipts: route.request().postDataJSON().receipts, by: route.request().headers()['authorization'] })
      await route.fulfill({ json: { states: Array.from({ length: 8 }, () => state) } })
    })
    await passOn(page)
    await expect.poll(() => named(town)).toContain('1 concerns name them')
    await openQuiet(page)
    await expect(news(page), 'who doesn’t want to hear of it is told nothing').toHaveCount(0)
    await close(page)
    expect(asked).toEqual([])

    await passOn(page, { tell: true })
    for (const [next, words] of [['received', 'It is there. If somebody has it, you see that here the day after.'], ['onIt', 'Somebody has taken it.'], ['closed', 'It is closed. Thank you.']] as const) {
      state = next
      await openQuiet(page)
      await expect(news(page).getByText(words)).toBeVisible()
      await expect(news(page), 'and nothing of what it was about').not.toContainText(NAME)
      if (next !== 'closed') await close(page)
    }
    for (const one of asked) expect([one.receipts.length, new Set(one.receipts).size, one.by]).toEqual([8, 8, undefined])
    await news(page).getByRole('button', { name: 'All right' }).click()
    await close(page)

    state = 'received'
    await passOn(page, { tell: true })
    await openQuiet(page)
    await news(page).getByRole('button', { name: 'Don’t tell me any more' }).click()
    await expect(news(page)).toHaveCount(0)
    await close(page)
    const before = asked.length
    await openQuiet(page)
    await expect(news(page)).toHaveCount(0)
    expect(asked).toHaveLength(before)
  })
})

test('before the cards were read no name can be typed; read with no signal, they open it, and it arrives once', async ({ page, town }) => {
  await joinAs(page, town, 'activator')
  await page.clock.install()
  await openFront(page, town)
  await kept(page)
  await page.goto(`${town.url}/you`)
  await town.stop()
  await page.getByRole('button', { name: /quiet word/i }).first().click()
  await page.getByLabel('Yes, and they’re fine with it').check()
  await expect(page.getByRole('textbox', { name: 'Their name' })).toHaveCount(0)
  await expect(page.getByText('First, seven short cards')).toBeVisible()
  await page.getByLabel('Lonely').check()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText('Read the cards first')
  expect(await violations(page)).toEqual([])
  await page.getByRole('button', { name: 'Read the cards' }).click()
  for (let card = 1; card < 7; card++) await page.getByRole('button', { name: 'Next card' }).click()
  await page.getByRole('button', { name: 'I’ve read them' }).click()
  await expect(page.getByLabel('Lonely'), 'nothing that was chosen is lost').toBeChecked()
  await page.getByLabel('Their name').fill(NAME)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('heading', { name: 'Saved' }).waitFor()
  await page.getByRole('button', { name: 'Done' }).click()
  await town.start()
  await expect
    .poll(async () => {
      await page.clock.fastForward('02:00')
      await signal(page)
      return named(town)
    })
    .toContain('1 concerns name them')
})

test('a nudge stays on the device: it comes when it should, says nothing until it is asked, and goes nowhere', async ({ page, town }) => {
  const sent: string[] = []
  page.on('request', (request) => void sent.push(request.url() + (request.postData() ?? '') + JSON.stringify(request.headers())))
  await joinAs(page, town, 'listener')
  await page.clock.install({ time: new Date('2026-11-26T10:00:00Z') })
  await page.goto(`${town.url}/nudges`)
  await page.getByLabel('Remind me of').fill('jaklodufinse')
  await page.getByLabel('From what time').fill('14:00')
  await page.getByRole('button', { name: 'Keep it' }).click()
  await expect(page.getByText('Kept on this device.')).toBeVisible()
  await openFront(page, town) // NB! its clock must tick before it is put forward
  const line = page.getByText('A nudge of yours')
  await page.clock.fastForward('27:00:00')
  await expect(line).toHaveCount(0)
  await page.clock.fastForward('01:01:00')
  await expect(line).toBeVisible()
  await expect(page.getByText('jaklodufinse')).toHaveCount(0)
  await page.getByRole('button', { name: 'Show it' }).click()
  await expect(page.getByText('jaklodufinse')).toBeVisible()
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByText('jaklodufinse')).toHaveCount(0)
  expect(sent.length).toBeGreaterThan(0)
  expect(sent.filter((one) => one.includes('jaklodufinse'))).toEqual([])
  for (const name of ['data.db', 'data.db-wal']) expect(readFileSync(`${town.folder}/${name}`).includes('jaklodufinse'), name).toBe(false)
})

test('helplines open with no server: numbers that dial, their hours, and when somebody checked them', async ({ page, town }) => {
  await openFront(page, town)
  await kept(page)
  await town.stop()
  await page.goto(`${town.url}/helplines`)
  const samaritans = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Samaritans' }) })
  await expect(samaritans.getByRole('link', { name: '116 123' })).toHaveAttribute('href', 'tel:116123')
  await expect(samaritans).toContainText('Day and night')
  await expect(samaritans).toContainText(/Nobody here has tried this number yet|Checked|Last checked/)
  for (const topic of ['In a crisis', 'Memory and dementia', 'Looking after somebody', 'Not safe at home', 'Somebody died', 'Money and debt', 'Getting older']) {
    await expect(page.getByRole('heading', { level: 2, name: topic })).toBeVisible()
  }
})

/** Millimetres of paper, of what a browser measures. */
const mm = (px: number) => (px / 96) * 25.4

test('the sign for the window fills a sheet of A4, once or twice, in letters that are read from two metres; and is printed by whoever keeps it', async ({ page, town }) => {
  for (const [path, button] of [['/cards', 'Next card'], ['/sticker', 'Print it']] as const) {
    await page.goto(`${town.url}${path}`)
    await expect(page.getByText('people who listen across a counter')).toBeVisible()
    await expect(page.getByRole('button', { name: button }), 'not for everybody').toHaveCount(0)
  }
  await joinAs(page, town, 'owner')
  await page.goto(`${town.url}/shop`)
  await page.getByRole('link', { name: 'A sign for the window' }).click()
  for (const [size, signs, high, least, text] of [['A4', 1, 240, 90, 28], ['A5', 2, 120, 60, 22]] as const) {
    await page.emulateMedia({ media: 'screen' })
    await page.getByLabel(size).check()
    await page.emulateMedia({ media: 'print' })
    await expect(page.getByRole('button')).toHaveCount(0)
    const sheet = await page.pdf({ preferCSSPageSize: true, printBackground: true })
    expect(sheet.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(1)
    const [, wide, tall] = /\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/.exec(sheet.toString('latin1'))!
    expect([Math.round(Number(wide)), Math.round(Number(tall))], 'A4').toEqual([595, 842])
    const all = await page.locator('.sign:visible').all()
    expect(all).toHaveLength(signs)
    for (const one of all) {
      const box = (await one.boundingBox())!
      expect(Math.round(mm(box.width))).toBe(178)
      expect(mm(box.height), 'no half of the sheet is blank').toBeGreaterThanOrEqual(high)
      const points = await one.locator('p').evaluateAll((lines) => lines.map((line) => parseFloat(getComputedStyle(line).fontSize) * 0.75))
      expect(points[0]).toBeGreaterThanOrEqual(least)
      expect(points[1]).toBeGreaterThanOrEqual(text)
      const cut = await one.evaluate((sign) => [sign, ...sign.querySelectorAll('.board, .promise')].filter((part) => part.scrollHeight > part.clientHeight + 2 || part.scrollWidth > part.clientWidth + 2).map((part) => part.className))
      expect(cut, 'nothing is cut off').toEqual([])
    }
  }
})
