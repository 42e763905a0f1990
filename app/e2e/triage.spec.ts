import type { Browser, Page } from '@playwright/test'
import { doubleText, stickingOut, violations } from './look'
import { expect, joinAs, otherPhone, test, type Town } from './town'

const WORDS = 'She came twice on the wrong day.'
const LOOKS = [['light', false, 'all'], ['dark', false, 'colours'], ['light', true, 'form']] as const

/** Axe finds nothing and nothing is cut off: in the light, in the dark, and with letters twice as big. */
async function looksRight(page: Page, name: string): Promise<void> {
  for (const [colorScheme, doubled, what] of LOOKS) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    if (doubled) await doubleText(page)
    if (process.env.KITH_PICTURES) await page.screenshot({ path: `${process.env.KITH_PICTURES}/triage-${name}-${colorScheme}${doubled ? '-double' : ''}.png`, fullPage: true })
    expect.soft(await violations(page, what), `${name} ${colorScheme} ${doubled}`).toEqual([])
    expect.soft(await stickingOut(page), `${name} ${colorScheme} ${doubled}`).toEqual([])
  }
  await doubleText(page, false)
}

/** A Listener passes something on, as they would; '': nobody is named. */
async function passOn(browser: Browser, town: Town, names: readonly string[], urgent = false): Promise<void> {
  const { page, context } = await otherPhone(browser)
  await joinAs(page, town, 'listener')
  await page.goto(town.url)
  for (const name of names) {
    await page.getByRole('button', { name: 'Quiet word' }).click()
    await page.getByLabel(name ? 'Yes, and they’re fine with it' : 'Not yet').check()
    await page.getByLabel('Lonely').check()
    if (name) {
      await page.getByLabel('Their name').fill(name)
      await page.getByLabel('How to reach them').fill('020 7946 0555')
    }
    await page.getByLabel('In your own words').fill(WORDS)
    if (urgent) await page.getByLabel('Yes, today').check()
    const taken = page.waitForResponse((response) => new URL(response.url()).pathname === '/api/concerns' && response.ok())
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('heading', { name: 'Saved' }).waitFor()
    await taken
    await page.getByRole('button', { name: 'Done' }).click()
  }
  await context.close()
}

/** Addresses of the concerns in the queue. */
const inQueue = (page: Page) => page.locator('a[href^="/concerns/"]').evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''))

/** What has come since, once so many have. */
async function arrived(page: Page, before: readonly string[], count: number): Promise<string[]> {
  let found: string[] = []
  await expect.poll(async () => (found = (await inQueue(page)).filter((one) => !before.includes(one))).length).toBe(count)
  return found
}

/** How many sides of paper the page is. */
async function sides(page: Page): Promise<number> {
  return (await page.pdf({ preferCSSPageSize: true })).toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0
}

/** The page is out of sight for longer than a minute, with its timers asleep; or it is put aside by the browser. */
async function goAway(page: Page, how: 'hidden' | 'aside'): Promise<void> {
  await page.evaluate((how) => {
    if (how === 'aside') return void dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
    const now = Date.now
    const show = (state: DocumentVisibilityState) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, value: state })
      document.dispatchEvent(new Event('visibilitychange'))
    }
    show('hidden')
    Date.now = () => now() + 61_000
    show('visible')
    Date.now = now
  }, how)
}

/** Takes and opens the newest concern. */
async function takeAndOpen(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'I’ll look into it' }).click()
  await page.getByRole('button', { name: 'Open it', exact: true }).click()
  await expect(page.getByText(WORDS)).toBeVisible()
}

const settled = (page: Page) => expect(page.getByText('Saved on this phone, not sent yet.')).toHaveCount(0)

test('on a phone: a concern is taken, opened, written about, handed over on one side of paper, and closed; its words go with the screen', async ({ browser, page, town }) => {
  await joinAs(page, town, 'coach')
  await page.goto(`${town.url}/`)
  await page.getByRole('link', { name: 'Concerns' }).click()
  await expect(page.getByText('Nobody looks into it yet').first()).toBeVisible()
  const before = await inQueue(page)
  await passOn(browser, town, ['Mrs Okafor'])
  const [mine = ''] = await arrived(page, before, 1)
  await looksRight(page, 'queue')
  await page.locator(`a[href="${mine}"]`).click()
  await expect(page.getByText(WORDS)).toHaveCount(0)
  await takeAndOpen(page)
  await expect(page.getByText('Only coordinators see who passed it on.')).toBeVisible()
  await expect(page.getByText('Femi')).toHaveCount(0)

  await page.getByRole('button', { name: 'Write down what you did' }).click()
  await page.getByLabel('What came of it?').fill('She would like company on Thursdays.')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('She would like company on Thursdays.')).toBeVisible()
  await settled(page)

  await page.getByRole('button', { name: 'Hand it over' }).click()
  await page.getByLabel('The surgery').check()
  await expect(page.getByRole('button', { name: 'Print it' })).toHaveCount(0)
  await page.getByRole('checkbox', { name: /^I’ve asked them/ }).check()
  await looksRight(page, 'opened')
  await expect(page.getByRole('button', { name: 'Print it' })).toBeVisible()
  await page.emulateMedia({ media: 'print' })
  await expect(page.getByRole('heading', { name: 'For the surgery' })).toBeVisible()
  await expect(page.getByText('Mrs Okafor')).toHaveCount(2)
  await expect(page.getByText('Mrs Okafor').locator('visible=true')).toHaveCount(1)
  await expect(page.getByRole('button')).toHaveCount(0)
  expect(await sides(page)).toBe(1)
  await page.emulateMedia({ media: 'screen' })

  for (const [count, came] of [[1, 'They will ring her.'], [2, 'They rang her.']] as const) {
    await page.getByRole('button', { name: 'I’ve handed it over: write it down' }).click()
    await expect(page.getByLabel('What did you do?')).toHaveValue('handedSurgery')
    await expect(page.getByLabel('What came of it?')).toBeFocused()
    await page.getByLabel('What came of it?').fill(came)
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(page.getByText('Handed over to the surgery', { exact: true })).toHaveCount(count)
  }
  await settled(page)

  for (const how of ['hidden', 'aside'] as const) {
    await page.getByRole('button', { name: 'Write down what you did' }).click()
    await page.getByLabel('What came of it?').fill('Mrs Okafor was not at home.')
    await goAway(page, how)
    await expect(page.getByRole('button', { name: 'Open it', exact: true })).toBeVisible()
    await page.getByRole('button', { name: 'Write down what you did' }).click()
    await expect(page.getByLabel('What came of it?')).toHaveValue('')
    await page.getByRole('button', { name: /^Not now/ }).click()
    await expect(page.getByRole('button', { name: 'Write down what you did' })).toBeFocused()
  }
  await page.getByRole('button', { name: 'Open it', exact: true }).click()
  await expect(page.getByText(WORDS)).toBeVisible()

  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'What’s on' }).click()
  await page.goBack()
  await expect(page.getByRole('button', { name: 'Open it' })).toBeVisible()
  await expect(page.getByText(WORDS)).toHaveCount(0)
  await expect(page.getByText('Mrs Okafor')).toHaveCount(0)
  await page.getByRole('button', { name: 'Open it', exact: true }).click()
  await expect(page.getByText(WORDS)).toBeVisible()
  await page.getByRole('button', { name: 'Close it' }).click()
  await page.getByLabel('They go to something now').check()
  await page.getByRole('button', { name: 'Close it', exact: true }).click()
  await expect(page.getByText(/^They go to something now\. Closed on/).first()).toBeVisible()
  await expect(page.getByText('You closed it, so its words were put away.')).toBeVisible()
  await expect(page.getByText(WORDS)).toHaveCount(0)
  await settled(page)

  await page.context().setOffline(true)
  await page.getByRole('link', { name: 'All concerns' }).click()
  await page.getByLabel('Closed').check()
  await page.locator(`a[href="${mine}"]`).click()
  await page.getByRole('button', { name: 'Open it' }).click()
  await expect(page.getByText('Opening a concern needs a signal.', { exact: false }).first()).toBeVisible()
})

test('on a laptop: who doesn’t look into a concern opens it only with a reason, and the coordinator sees who and why', async ({ browser, page, town }) => {
  await page.setViewportSize({ width: 1280, height: 900 })
  await joinAs(page, town, 'coordinator')
  await page.goto(`${town.url}/concerns`)
  await expect(page.getByText('Nobody looks into it yet').first()).toBeVisible()
  const before = await inQueue(page)
  await passOn(browser, town, ['Mrs Okafor', 'Mr Bell'])
  const [mine = '', other = ''] = await arrived(page, before, 2)
  await page.locator(`a[href="${mine}"]`).click()
  await expect(page.getByRole('heading', { name: 'Concerns' })).toBeVisible()
  await page.getByRole('button', { name: 'I’ll look into it' }).click()
  await settled(page)

  const coach = await otherPhone(browser)
  await joinAs(coach.page, town, 'coach')
  await coach.page.goto(town.url + mine)
  await expect(coach.page.getByText('Tom looks into this one. Ask them first, if you can.')).toBeVisible()
  await expect(coach.page.getByRole('button', { name: 'Open it', exact: true })).toHaveCount(0)
  await coach.page.getByRole('button', { name: 'Open it all the same' }).click()
  await coach.page.getByRole('button', { name: 'Open it, and tell the coordinators' }).click()
  await expect(coach.page.getByText('Write why, in at most 500 letters')).toBeVisible()
  await coach.page.getByLabel('Why do you have to open it?').fill('They rang me, and my colleague is away.')
  for (const how of ['hidden', 'aside'] as const) {
    await goAway(coach.page, how)
    await coach.page.getByRole('button', { name: 'Open it all the same' }).click()
    await expect(coach.page.getByLabel('Why do you have to open it?')).toHaveValue('')
    await coach.page.getByLabel('Why do you have to open it?').fill('They rang me, and my colleague is away.')
  }
  await looksRight(coach.page, 'glass')
  await coach.page.getByRole('button', { name: 'Open it, and tell the coordinators' }).click()
  await expect(coach.page.getByText(WORDS)).toBeVisible()
  await expect(coach.page.getByRole('button', { name: 'Hand it over' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Give it back' }).click()
  await page.getByRole('button', { name: 'Yes, give it back' }).click()
  await expect(coach.page.getByText('It was put away', { exact: false })).toBeVisible()
  await expect(coach.page.getByText(WORDS)).toHaveCount(0)

  await expect(page.getByText(/^Somebody first had it (today|yesterday), and it came back\./)).toBeVisible()

  await page.goto(`${town.url}/desk`)
  await page.getByRole('link', { name: '1 concern was opened by somebody who doesn’t look into it: Imani' }).click()
  await page.getByRole('button', { name: /^I’ve seen it ?: Imani/ }).click()
  await settled(page)
  await page.getByRole('link', { name: /^The concern/ }).click()
  await page.getByRole('button', { name: 'Open it' }).click()
  await expect(page.getByText('They rang me, and my colleague is away.')).toBeVisible()
  await expect(page.getByText('Femi')).toBeVisible()
  await page.getByRole('button', { name: 'About the same person as another one' }).click()
  await expect(page.getByRole('group', { name: 'Which one?' }).getByRole('link', { name: /^Look at it first ?: Mark/ }).first()).toBeVisible()
  await page.locator(`input[value="${other.slice('/concerns/'.length)}"]`).check()
  await page.getByRole('button', { name: 'Yes, the same person' }).click()
  await expect(page.getByRole('heading', { name: 'Others about the same person' })).toBeVisible()
  await settled(page)
  await looksRight(page, 'wide')
})

test('where nobody is named, a coach asks a coordinator to speak with whoever passed it on, and it ends as advice', async ({ browser, page, town }) => {
  await joinAs(page, town, 'coach')
  await page.goto(`${town.url}/concerns`)
  await expect(page.getByText('Nobody looks into it yet').first()).toBeVisible()
  const before = await inQueue(page)
  await passOn(browser, town, [''])
  const [mine = ''] = await arrived(page, before, 1)
  await page.locator(`a[href="${mine}"]`).click()
  await takeAndOpen(page)
  await expect(page.getByText('Nobody is named, so there is nobody to ring.', { exact: false })).toBeVisible()
  const ask = page.getByRole('button', { name: 'Ask a coordinator to speak with whoever passed it on' })
  await ask.click()
  await expect(page.getByLabel('What did you do?')).toHaveValue('askedCoordinator')
  await expect(page.getByRole('option', { name: 'Spoke with whoever passed it on', exact: true })).toHaveCount(0)
  await expect(page.getByLabel('What should the coordinator ask, or say?')).toBeFocused()
  await page.getByLabel('What should the coordinator ask, or say?').fill('Say that asking does no harm.')
  await looksRight(page, 'advice')
  await page.getByRole('button', { name: 'Save' }).click()
  const asked = 'A coordinator is asked to speak with whoever passed it on'
  await expect(page.getByText(asked)).toBeVisible()
  await expect(ask).toHaveCount(0)
  await settled(page)

  const ruth = await otherPhone(browser)
  await joinAs(ruth.page, town, 'coordinator')
  await ruth.page.goto(`${town.url}/desk`)
  const todo = ruth.page.getByRole('link', { name: 'A coordinator is asked to speak with whoever passed a concern on' })
  await todo.click()
  await expect(ruth.page.getByText(asked).locator('visible=true')).toBeVisible()
  await ruth.page.getByRole('button', { name: 'Open it', exact: true }).click()
  await expect(ruth.page.getByText('Say that asking does no harm.')).toBeVisible()
  await expect(ruth.page.getByText('Femi')).toBeVisible()
  await ruth.page.getByRole('button', { name: 'I spoke with whoever passed it on: write it down' }).click()
  await expect(ruth.page.getByLabel('What did you do?')).toHaveValue('spokeListener')
  await ruth.page.getByLabel('What came of it?').fill('She will ask him on Friday.')
  await looksRight(ruth.page, 'advice-lead')
  await ruth.page.getByRole('button', { name: 'Save' }).click()
  await expect(ruth.page.getByText(asked)).toHaveCount(0)
  await settled(ruth.page)
  await ruth.page.goto(`${town.url}/desk/care`)
  await expect(ruth.page.getByText('No e-mail: nothing urgent reaches them by mail').first()).toBeVisible()
  await expect(todo).toHaveCount(0)
  await looksRight(ruth.page, 'written')

  await expect(page.getByText('Spoke with whoever passed it on', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Close it' }).click()
  await page.getByLabel('Advice was given').check()
  await page.getByRole('button', { name: 'Close it', exact: true }).click()
  await expect(page.getByText(/^Advice was given\. Closed on/).first()).toBeVisible()
  await settled(page)
})

const letters = (text: string, count: number) => text.repeat(Math.ceil(count / text.length)).slice(0, count)
const SENTENCE = 'She came twice on the wrong day, and did not know who I was. '
const ALL = ['missed', 'selfCare', 'confused', 'lonely', 'bereaved', 'money', 'diagnosis', 'other']
const LONGEST = { asked: 'agreed', noticed: ALL, words: letters(SENTENCE, 1000), person: { name: letters('Oluwaseun ', 79) + '.', reach: letters('The flat over the bakery ', 119) + '.', best: letters('Mornings, or ', 79) + '.' } }
/** What is opened, and on how many sides it goes; 0: on several. */
const SHEETS: [name: string, opened: object, count: number][] = [
  ['a few words', {}, 1],
  ['every text as long as it may be', LONGEST, 1],
  ['wide letters', { ...LONGEST, words: letters('WOMEN WHO SWIM ', 1000) }, 0],
  ['one word without an end', { words: letters('x', 1000) }, 1],
  ['all of it, and why they did not agree', { ...LONGEST, asked: 'refused', override: { ground: 'seriousRisk', why: letters(SENTENCE, 500) } }, 2],
  ['without their yes, with a ground and a reason', { asked: 'refused', words: letters(SENTENCE, 600), override: { ground: 'seriousRisk', why: letters(SENTENCE, 300) } }, 1],
  ['nobody is named', { asked: 'notYet', person: undefined, noticed: ALL }, 1],
  ['a line for each letter', { ...LONGEST, words: letters('a\n', 999) + 'a' }, 0],
]

test.describe('where a test answers for the server', () => {
  // With a worker between page and server, such an answer can be passed by; what is looked at here needs none.
  test.use({ serviceWorkers: 'block' })

  test('what is taken can be opened once it is answered, and nothing is broken open by accident', async ({ browser, page, town }) => {
    await joinAs(page, town, 'coach')
    await page.goto(`${town.url}/concerns`)
    await expect(page.getByText('Nobody looks into it yet').first()).toBeVisible()
    const before = await inQueue(page)
    await passOn(browser, town, ['Mrs Okafor'], true)
    const [mine = ''] = await arrived(page, before, 1)

    // Whatever a responder looks at says that something urgent waits, and nothing of it.
    const main = page.getByRole('navigation', { name: 'Main' })
    await main.getByRole('link', { name: 'What’s on' }).click()
    const banner = page.getByRole('status').filter({ hasText: 'Something urgent waits. Nobody looks into it yet.' })
    await expect(main.getByRole('link', { name: /^Concerns, \d+ nobody’s$/ })).toBeVisible()
    await looksRight(page, 'banner')
    await banner.getByRole('link', { name: 'See the concerns' }).click()
    await expect(banner).toHaveCount(0)

    await page.locator(`a[href="${mine}"]`).click()
    await expect(page.getByText('To read it, take it first.', { exact: false })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Open it all the same' })).toHaveCount(0)

    // While the answer is held back nothing can be opened, one way or the other.
    let answer: () => void = () => undefined
    const answered = new Promise<void>((done) => (answer = done))
    await page.route('**/api/sync', async (route) => {
      await answered
      await route.continue()
    })
    const opens: string[] = []
    page.on('request', (request) => void (request.url().endsWith('/api/concerns/open') && opens.push(request.postData() ?? '')))
    await page.getByRole('button', { name: 'I’ll look into it' }).click()
    await expect(page.getByText('as soon as we know that it is yours', { exact: false })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Open it', exact: true })).toHaveAttribute('aria-disabled', 'true')
    await page.getByRole('button', { name: 'Open it', exact: true }).click({ force: true })
    await expect(page.getByRole('button', { name: 'Open it all the same' })).toHaveCount(0)
    expect(opens).toEqual([])

    // Meanwhile a coordinator gives it to herself: the coach hears of that, and is led nowhere.
    const tom = await otherPhone(browser)
    await joinAs(tom.page, town, 'coordinator')
    await tom.page.goto(town.url + mine)
    await tom.page.getByRole('button', { name: 'I’ll look into it' }).click()
    await expect(tom.page.getByRole('button', { name: 'Give it back' })).toBeVisible()
    await settled(tom.page)
    answer()
    await expect(page.getByText(/Somebody else has just taken this\. Tom looks into it\./)).toBeVisible()
    await expect(page.getByLabel('Why do you have to open it?')).toHaveCount(0)
    await looksRight(page, 'taken')

    // It comes to the coach after all, is open, and goes to somebody else: nothing of it stays.
    await page.getByRole('button', { name: 'All right' }).click()
    await tom.page.getByRole('button', { name: 'Give it to somebody' }).click()
    await expect(tom.page.getByLabel('Who should look into it?')).toBeFocused()
    await tom.page.getByLabel('Who should look into it?').selectOption('Imani')
    await tom.page.getByRole('button', { name: 'Give it to them' }).click()
    await page.getByRole('button', { name: 'Open it', exact: true }).click()
    await expect(page.getByText(WORDS)).toBeVisible()
    await tom.page.getByRole('button', { name: 'Give it to somebody' }).click()
    await tom.page.getByLabel('Who should look into it?').selectOption('Ruth')
    await tom.page.getByRole('button', { name: 'Give it to them' }).click()
    await expect(page.getByText('It was put away', { exact: false })).toBeVisible()
    await expect(page.getByText(WORDS)).toHaveCount(0)
    await expect(page.getByText('Mrs Okafor')).toHaveCount(0)
    await expect(page.getByLabel('Why do you have to open it?')).toHaveCount(0)
    expect(opens.filter((body) => body.includes('reason'))).toEqual([])
  })

  test('the sheet is one side of paper, however much may be said; what can’t be is several', async ({ browser, page, town }) => {
    await joinAs(page, town, 'coordinator')
    await page.goto(`${town.url}/concerns`)
    await expect(page.getByText('Nobody looks into it yet').first()).toBeVisible()
    const before = await inQueue(page)
    await passOn(browser, town, ['Mrs Okafor'])
    const [mine = ''] = await arrived(page, before, 1)
    await page.locator(`a[href="${mine}"]`).click()
    let opened: object = {}
    await page.route('**/api/concerns/open', async (route) => {
      const response = await route.fetch()
      const answer = await response.json()
      const notes = [1, 2, 3].map((id) => ({ id: `n${id}`, kind: 'rang', by: '', hour: '2026-11-25T15', words: letters(SENTENCE, 1000) }))
      await route.fulfill({ response, json: { ...answer, notes, concern: { ...answer.concern, ...opened } } })
    })
    for (const [name, change, count] of SHEETS) {
      opened = change
      await page.getByRole('button', { name: 'Open it', exact: true }).click()
      await page.getByRole('button', { name: 'Hand it over' }).click()
      await page.getByLabel('The surgery').check()
      await page.getByLabel('What do you ask of them?').fill(letters(SENTENCE, 299) + '.')
      const asked = page.getByRole('checkbox', { name: /^I’ve asked them/ })
      if (!('asked' in change) || change.asked === 'agreed') await asked.check()
      await expect(page.getByRole('button', { name: 'Print it' })).toBeVisible()
      const printed = await sides(page)
      if (count > 0) expect.soft(printed, name).toBe(count)
      else expect.soft(printed, name).toBeGreaterThan(1)
      if (process.env.KITH_PICTURES) await page.pdf({ path: `${process.env.KITH_PICTURES}/sheet-${name}.pdf`, preferCSSPageSize: true })
      if (name === 'nobody is named') {
        await expect(page.getByText('The words that somebody wrote stay here', { exact: false })).toBeVisible()
        await expect(page.locator('article')).not.toContainText(WORDS)
      }
      await page.getByRole('button', { name: 'Put it away' }).click()
    }
  })
})

test('a note to the surgery is sealed on the phone of anybody, read by the surgery alone, and dealt with', async ({ browser, page, town }) => {
  await page.goto(`${town.url}/you`)
  await page.getByRole('link', { name: 'Leave a note for Hollybush Surgery (demo)' }).click()
  await expect(page.getByText('It goes to Hollybush Surgery (demo), and to nobody else.')).toBeVisible()
  await expect(page.getByRole('link', { name: '020 7946 0666' })).toHaveAttribute('href', 'tel:02079460666')
  await page.getByLabel('Who is it about?').fill('Mrs Okafor')
  await goAway(page, 'aside')
  await expect(page.getByLabel('Who is it about?')).toHaveValue('')
  await page.getByLabel('Who is it about?').fill('Mrs Okafor')
  await page.getByLabel('What should the surgery know?').fill(WORDS)
  await page.context().setOffline(true)
  await page.getByRole('button', { name: 'Send the note' }).click()
  await expect(page.getByText('This can’t be sent now', { exact: false })).toBeVisible()
  await looksRight(page, 'note')
  await page.context().setOffline(false)
  const sent = page.waitForRequest(/\/api\/notes$/)
  await page.getByRole('button', { name: 'Send the note' }).click()
  expect((await sent).postData()).not.toContain('Okafor')
  await expect(page.getByRole('heading', { name: 'Your note was handed in' })).toBeVisible()

  const surgery = await otherPhone(browser)
  await joinAs(surgery.page, town, 'surgery')
  await surgery.page.getByRole('link', { name: 'Notes' }).click()
  await expect(surgery.page.getByText('Not opened on this screen yet')).toBeVisible()
  await surgery.page.getByRole('button', { name: /^Open it/ }).click()
  await expect(surgery.page.getByText(WORDS)).toBeVisible()
  await expect(surgery.page.getByText('Opened on this screen, and not dealt with yet')).toBeVisible()
  await looksRight(surgery.page, 'surgery')
  await surgery.page.getByRole('button', { name: /^It is dealt with/ }).click()
  await expect(surgery.page.getByText('There is no new note.')).toBeVisible()
  await settled(surgery.page)
})
