/**
 * Small asks: one's own words and a day, who can, and whom one chooses; a number is seen only once both have given theirs,
 * and a block can't be told from "no, thank you". Who has no phone asks by somebody who acts for them.
 */
import type { Locator, Page } from '@playwright/test'
import { expect, joinAs, kept, noted, openFront, otherPhone, stands, test, type Person, type Town } from './town'

const WORDS = 'To the library and back, slowly. About an hour.'

test.describe.configure({ timeout: 240_000 })

async function phone(page: Page, town: Town, person: Person): Promise<void> {
  await joinAs(page, town, person)
  await openFront(page, town)
  await kept(page)
}

/** Asks for a walk on the first day of the form but today: today's evening may be over soon. Answers its address. */
async function ask(page: Page, town: Town, words = WORDS): Promise<string> {
  await page.goto(`${town.url}/asks/new`)
  await page.getByLabel('A walk there and back').check()
  await page.getByLabel('Tomorrow').check()
  await page.getByLabel('In the morning').check()
  await page.getByLabel('A few words, if you like').fill(words)
  await page.getByRole('button', { name: 'Put it on the board' }).click()
  await expect(page.getByRole('heading', { name: 'Who can' })).toBeVisible()
  return new URL(page.url()).pathname
}

async function can(page: Page, town: Town, address: string, word: string): Promise<void> {
  await page.goto(town.url + address)
  await page.getByLabel('A word, if you like').fill(word)
  await page.getByRole('button', { name: 'I can', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'You said that you can' })).toBeVisible()
}

async function arrived(page: Page, town: Town): Promise<void> {
  await page.goto(`${town.url}/outbox`)
  await expect(page.getByText('Everything you did has arrived.')).toBeVisible()
}

const from = (page: Page, name: string): Locator => page.locator('article').filter({ has: page.getByRole('heading', { level: 3, name }) })

async function give(page: Page, to: string, number: string): Promise<void> {
  await page.getByLabel(`Your number, for ${to}`).fill(number)
  await page.getByRole('button', { name: 'Give my number' }).click()
  await expect(page.getByText(`You’d give ${to} your number`)).toBeVisible()
}

test('asked with no signal; two can, one is chosen; a message goes through Kith, and numbers are seen once both gave theirs', async ({ browser, page: maya, town }) => {
  await phone(maya, town, 'resident')
  const [femi, pearl] = [(await otherPhone(browser)).page, (await otherPhone(browser)).page]
  await phone(femi, town, 'listener')
  await phone(pearl, town, 'activator')

  // A number doesn't go on a board that everybody reads, and what has no signal waits.
  await maya.context().setOffline(true)
  await maya.goto(`${town.url}/asks/new`)
  await maya.getByLabel('A few words, if you like').fill('Ring me on 07700 900123')
  await maya.getByRole('button', { name: 'Put it on the board' }).click()
  await expect(maya.getByRole('alert')).toContainText('This looks like a phone number')
  const address = await ask(maya, town)
  await expect(maya.getByText('Saved on this phone. It goes when there’s signal.')).toBeVisible()
  await maya.context().setOffline(false)
  await expect(maya.getByText('It is on the board')).toBeVisible()

  // Whoever has joined sees it, and passers-by don't.
  await femi.goto(`${town.url}/asks`)
  const note = femi.getByRole('article').filter({ hasText: WORDS })
  await expect(note).toContainText(/(Tomorrow|Today), in the morning/) // midnight may have passed
  await expect(note).toContainText('Maya asks')
  const passing = (await otherPhone(browser)).page
  await openFront(passing, town)
  await passing.goto(`${town.url}/asks`)
  await expect(passing.getByRole('link', { name: 'Join', exact: true }).or(passing.getByRole('link', { name: /join/i })).first()).toBeVisible()
  await expect(passing.getByRole('article')).toHaveCount(0)

  await can(femi, town, address, 'At ten?')
  await can(pearl, town, address, 'Any time')
  await expect(from(maya, 'Femi')).toContainText('“At ten?”')
  await expect(from(maya, 'Pearl')).toContainText('“Any time”')
  await expect(pearl.getByText('Femi'), 'who else can is nobody’s business').toHaveCount(0)
  await from(maya, 'Femi').getByRole('button', { name: 'Choose Femi' }).click()
  await expect(maya.getByRole('heading', { name: 'You chose Femi' })).toBeVisible()
  await expect(femi.getByRole('heading', { name: 'Maya would be glad of your help' })).toBeVisible()
  await expect(pearl.getByRole('heading', { name: 'You said that you can' })).toBeVisible()

  // Through Kith.
  await femi.getByLabel('Write to Maya').fill('Shall I ring your bell?')
  await femi.goto(`${town.url}/plans`)
  await femi.goto(town.url + address)
  await expect(femi.getByLabel('Write to Maya')).toHaveValue('Shall I ring your bell?')
  await femi.getByRole('button', { name: /^Send it/ }).click()
  const talk = from(maya, 'You chose Femi').getByRole('region', { name: 'You and Femi' })
  await expect(talk.getByRole('listitem')).toContainText('Shall I ring your bell?')
  await talk.getByLabel('Write to Femi').fill('At the library, please.')
  await talk.getByRole('button', { name: /^Send it/ }).click()
  await expect(femi.getByRole('listitem').filter({ hasText: 'At the library, please.' })).toContainText('Maya')
  await expect(pearl.getByText('At the library')).toHaveCount(0)

  // A number of one side alone is on no other phone.
  await give(femi, 'Maya', '020 7946 0123')
  await arrived(femi, town)
  await maya.reload()
  await expect(maya.getByLabel('Your number, for Femi')).toBeVisible()
  await expect(maya.getByText(/0123/)).toHaveCount(0)
  await maya.getByLabel('Your number, for Femi').fill('07700 900123')
  await maya.getByRole('button', { name: 'Give my number' }).click()
  await expect(maya.getByRole('link', { name: /^Ring Femi on 020.7946.0123$/ })).toBeVisible()
  await femi.goto(town.url + address)
  await expect(femi.getByRole('link', { name: /^Ring Maya on 07700.900123$/ })).toBeVisible()

  // Settled: off the board, over for who was not chosen, and the two can still write.
  await maya.getByRole('button', { name: 'It is settled' }).click()
  await expect(maya.getByText('It is settled, and off the board')).toBeVisible()
  await expect(pearl.getByRole('heading', { name: 'This is over' })).toBeVisible()
  await expect(femi.getByLabel('Write to Maya')).toBeVisible()
  // Taken back by one, neither sees the other's.
  await femi.getByRole('button', { name: 'Take my number back' }).click()
  await femi.getByRole('button', { name: 'Yes, take it back' }).click()
  await expect(maya.getByRole('link', { name: /^Ring Femi/ })).toHaveCount(0)
  await expect(femi.getByRole('link', { name: /^Ring Maya/ })).toHaveCount(0)
  for (const one of [maya, femi, pearl]) await arrived(one, town)
})

test('whoever is blocked sees what anybody sees who is declined, and whatever they say reaches nobody', async ({ browser, page: maya, town }) => {
  await phone(maya, town, 'resident')
  const [femi, pearl] = [(await otherPhone(browser)).page, (await otherPhone(browser)).page]
  await phone(femi, town, 'listener')
  await phone(pearl, town, 'activator')
  const address = await ask(maya, town)
  await arrived(maya, town)
  for (const one of [femi, pearl]) await can(one, town, address, 'Gladly')
  await maya.goto(town.url + address)
  await from(maya, 'Pearl').getByRole('button', { name: /^No, thank you/ }).click()
  await maya.getByRole('button', { name: 'Yes, decline' }).click()
  await expect(from(maya, 'Pearl')).toHaveCount(0)
  await from(maya, 'Femi').getByText('Write to Femi').first().click()
  await from(maya, 'Femi').getByText('If something is not right').click()
  await from(maya, 'Femi').getByRole('button', { name: 'Block Femi' }).click()
  await maya.getByRole('button', { name: 'Yes, block them' }).click()
  await expect(from(maya, 'Femi')).toHaveCount(0)
  await arrived(maya, town)
  await maya.goto(`${town.url}/you/blocks`)
  await expect(maya.getByText('Femi'), 'by the name that stood there').toBeVisible()

  // NB! What of a page comes a moment later is waited for, on both.
  const same = (path: string) => expect(async () => expect(await seen(femi, town, path), path).toBe(await seen(pearl, town, path))).toPass({ timeout: 30_000 })
  for (const one of [femi, pearl]) {
    await one.goto(town.url + address)
    await expect(one.getByRole('heading', { name: 'This is over' })).toBeVisible()
  }
  await same(address)
  await same('/asks')

  // The next time both say "I can"; one of them reaches nobody, and can't tell.
  const next = await ask(maya, town, 'And once more, please.')
  await arrived(maya, town)
  for (const one of [femi, pearl]) await can(one, town, next, 'Me again')
  for (const one of [femi, pearl]) {
    await one.getByLabel('Write to Maya').fill('Is ten all right?')
    await one.getByRole('button', { name: /^Send it/ }).click()
    await expect(one.getByRole('listitem').filter({ hasText: 'Is ten all right?' })).toBeVisible()
    await arrived(one, town)
  }
  await same(next)
  await same('/asks')
  await same('/outbox')
  await maya.goto(town.url + next)
  await expect(from(maya, 'Pearl')).toContainText('“Me again”')
  await expect(maya.getByText('Femi')).toHaveCount(0)
})

test('somebody with no phone asks by who acts for them: it stands under their name, and what was done is written down', async ({ browser, page: pearl, town }) => {
  await phone(pearl, town, 'activator')
  const femi = (await otherPhone(browser)).page
  await phone(femi, town, 'listener')
  await pearl.goto(`${town.url}/you/person`)
  await pearl.getByRole('textbox', { name: 'Their first name' }).fill('Mabel')
  await pearl.getByLabel(/^Look after the circle/).check()
  await pearl.getByLabel('They said yes').check()
  await pearl.getByRole('button', { name: 'Record it' }).click()
  await expect(pearl.getByRole('button', { name: 'Do something for Mabel' })).toBeVisible()
  await arrived(pearl, town)

  // At Mabel's table, with no signal.
  await pearl.context().setOffline(true)
  await pearl.goto(`${town.url}/asks/new`)
  await pearl.getByRole('group', { name: 'Who is it for?' }).getByLabel('Mabel').check()
  await pearl.getByLabel('Lunch together').check()
  await pearl.getByLabel('Tomorrow').check()
  await pearl.getByLabel('A few words, if you like').fill('Soup, and somebody to talk to.')
  await expect(pearl.getByRole('region', { name: 'This is what they see' })).toContainText('Mabel asks')
  await pearl.getByRole('button', { name: 'Put it on the board' }).click()
  await expect(pearl.getByText('Saved on this phone. It goes when there’s signal.')).toBeVisible()
  await expect(pearl.getByRole('status').filter({ hasText: 'For Mabel' })).toBeVisible()
  const address = new URL(pearl.url()).pathname
  await pearl.context().setOffline(false)
  await expect(pearl.getByText('It is on the board')).toBeVisible()

  await can(femi, town, address, 'I bring the bread')
  await expect(femi.getByText('Mabel asks')).toBeVisible()
  await expect(femi.getByText('Pearl'), 'who does it for her is not on the board').toHaveCount(0)
  await from(pearl, 'Femi').getByRole('button', { name: 'Choose Femi' }).click()
  await expect(pearl.getByRole('heading', { name: 'You chose Femi' })).toBeVisible()
  await expect(femi.getByRole('heading', { name: 'Mabel would be glad of your help' })).toBeVisible()
  await from(pearl, 'You chose Femi').getByLabel('Write to Femi').fill('Her bell is the lower one.')
  await pearl.getByRole('button', { name: /^Send it/ }).click()
  await expect(femi.getByRole('listitem').filter({ hasText: 'Her bell is the lower one.' })).toContainText('Mabel')
  await femi.goto(`${town.url}/plans`)
  await expect(femi.getByRole('link', { name: 'Lunch together, with Mabel' })).toBeVisible()

  // For herself again she sees that it is Mabel's, and how to go on with it; what she did is listed.
  await pearl.getByRole('button', { name: 'Back to myself' }).click()
  await expect(pearl.getByText('You act for Mabel. To see who replied, do it for them.')).toBeVisible()
  await expect(pearl.getByRole('button', { name: 'I can', exact: true })).toHaveCount(0)
  await noted(pearl)
  await arrived(pearl, town)
  await pearl.goto(`${town.url}/you/helping`)
  const mabel = pearl.locator('li.slip').filter({ hasText: 'Mabel' })
  await mabel.getByText(/^Everything that was done/).click()
  for (const what of ['Asked neighbours for something', 'Chose who helps', 'Wrote to somebody who helps']) await expect(mabel.getByText(what)).toBeVisible()

  // Ending it is asked once: it begins again only with Mabel's yes.
  await mabel.getByRole('button', { name: 'Stop acting for Mabel' }).click()
  await expect(mabel.getByText('To act for them again you need their consent anew.', { exact: false })).toBeVisible()
  await mabel.getByRole('button', { name: 'Yes, stop' }).click()
  await expect(mabel).toHaveCount(0)
})

/** All that a page says to whoever can't see it. */
async function seen(page: Page, town: Town, path: string): Promise<string> {
  await page.goto(town.url + path)
  await stands(page)
  return page.locator('main').ariaSnapshot()
}

/** What stands under "Waiting" at /outbox, by its first words. */
const waits = async (page: Page, town: Town): Promise<string[]> => {
  await page.goto(`${town.url}/outbox`)
  await expect(page.getByRole('heading', { name: 'Waiting to be sent' })).toBeVisible()
  return page.getByRole('main').locator('li strong').allTextContents()
}

test('what is tapped twice, or sent with Enter twice, is done once; the next is done at once', async ({ page, town }) => {
  await phone(page, town, 'coordinator')
  await page.context().setOffline(true)
  await page.goto(`${town.url}/asks/new`)
  await page.getByLabel('A few words, if you like').fill(WORDS)
  await page.getByRole('button', { name: 'Put it on the board' }).dblclick()
  await expect(page.getByRole('heading', { name: 'Who can' })).toBeVisible()
  expect(await waits(page, town)).toHaveLength(1)

  for (const [at, name] of ['Odette', 'Zadie'].entries()) {
    await page.goto(`${town.url}/desk/people/new`)
    await page.getByLabel('Their first name').fill(name)
    await page.locator('form:not([role])').evaluate((form: HTMLFormElement) => (form.requestSubmit(), form.requestSubmit()))
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
    expect(await waits(page, town)).toHaveLength(2 + at)
  }
})

test('what is half written is there again after a reload; sent, or begun again, it is gone', async ({ page, town }) => {
  await phone(page, town, 'activator')
  const found = page.getByText('This is what you had written before.')
  const again = async (path: string) => {
    await noted(page)
    await page.goto(`${town.url}/plans`)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await page.goto(town.url + path)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  }
  const forms = [
    { path: '/asks/new', label: 'A few words, if you like' },
    { path: '/circles/new', label: 'What the circle is called' },
    { path: '/groups/new', label: 'Its name' },
  ]
  for (const { path, label } of forms) {
    await page.goto(town.url + path)
    await expect(found).toHaveCount(0)
    // It is kept a moment after it was typed, and the page may be left before.
    await expect(async () => {
      await page.getByLabel(label).fill('Half a thing')
      await again(path)
      await expect(page.getByLabel(label)).toHaveValue('Half a thing', { timeout: 5_000 })
    }).toPass({ timeout: 60_000 })
    await expect(found).toBeVisible()
    await page.getByRole('button', { name: 'Start over' }).click()
    await expect(page.getByLabel(label)).toHaveValue('')
    await again(path)
    await expect(page.getByLabel(label)).toHaveValue('')
    await expect(found, path).toHaveCount(0)
  }

  await page.goto(`${town.url}/asks/new`)
  await expect(async () => {
    await page.getByLabel('The post office').check()
    await page.getByLabel('A few words, if you like').fill(WORDS)
    await again('/asks/new')
    await expect(page.getByLabel('The post office')).toBeChecked({ timeout: 5_000 })
    await expect(page.getByLabel('A few words, if you like')).toHaveValue(WORDS)
  }).toPass({ timeout: 60_000 })
  await page.getByRole('button', { name: 'Put it on the board' }).click()
  await expect(page.getByRole('heading', { name: 'Who can' })).toBeVisible()
  await again('/asks/new')
  await expect(page.getByLabel('A few words, if you like')).toHaveValue('')
})
