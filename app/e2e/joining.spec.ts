import type { BrowserContext, Page } from '@playwright/test'
import { filmed, sheet, withCamera } from './film'
import { superuser } from './superuser'
import { expect, joinWith, kept, openFront, test, type Town } from './town'

const PHONE = { viewport: { width: 390, height: 844 }, locale: 'en-GB', timezoneId: 'Europe/London' }

/** What is said once a camera has read it: a busy machine reads few pictures a second, and not the first of them. */
const READ = { timeout: 45_000 }

/** A film of a printed sheet with this link. */
async function filmOf(page: Page, text: string): Promise<string> {
  await page.setContent(sheet(text))
  return filmed(page)
}

/** A phone whose camera is pointed at `film`. Answers what `use` answers. */
async function pointed(film: string | null, use: (page: Page, context: BrowserContext) => Promise<void>, permissions: string[] = ['camera']): Promise<void> {
  const browser = await withCamera(film)
  try {
    const context = await browser.newContext({ ...PHONE, permissions })
    await use(await context.newPage(), context)
  } finally {
    await browser.close()
  }
}

const openJoin = async (page: Page, town: Town) => {
  await openFront(page, town)
  await page.goto(`${town.url}/join`)
}

test('from a printed square code to what’s on in three taps, with no e-mail and no password', async ({ page, town }) => {
  const film = await filmOf(page, town.invite())
  await pointed(film, async (phone, context) => {
    const elsewhere: string[] = []
    context.on('request', (request) => void (request.url().startsWith(town.url) || elsewhere.push(request.url())))
    await openJoin(phone, town)
    let taps = 0
    await phone.evaluate(() => addEventListener('click', (event) => event.isTrusted && ((globalThis as any).taps = ((globalThis as any).taps ?? 0) + 1), true))
    await phone.getByRole('button', { name: 'Scan an invite' }).click()

    await expect(phone.getByText('You are invited')).toBeVisible(READ)
    await phone.evaluate(() => ((globalThis as any).taps = 0))
    await expect(phone.locator('input[type=email], input[type=password]')).toHaveCount(0)
    await phone.getByLabel('Your first name').click()
    await phone.keyboard.type('Maya')
    await phone.getByRole('button', { name: 'Join', exact: true }).click()
    await phone.getByRole('link', { name: 'See what’s on' }).click()
    await expect(phone.getByRole('heading', { level: 1, name: 'What’s on' })).toBeVisible()
    taps = await phone.evaluate(() => (globalThis as any).taps)
    expect(taps).toBe(3)
    expect(elsewhere).toEqual([])
  })
})

test('the camera reads with no signal once it was used, and says what has to wait', async ({ page, town }) => {
  const film = await filmOf(page, town.invite())
  await pointed(film, async (phone) => {
    await openJoin(phone, town)
    await kept(phone)
    await phone.reload()
    await phone.getByRole('button', { name: 'Scan an invite' }).click()
    await phone.getByLabel('Your first name').waitFor()
    await phone.getByRole('button', { name: 'Use another code' }).click()
    await town.stop()
    await phone.reload()
    await phone.getByRole('button', { name: 'Scan an invite' }).click()
    await expect(phone.getByText('There’s no signal, so what this invite is for can’t be looked up.')).toBeVisible(READ)
    await phone.getByLabel('Your first name').fill('Maya')
    await phone.getByRole('button', { name: 'Join', exact: true }).click()
    await expect(phone.getByText('You have no signal. What you typed is kept.')).toBeVisible()
    await phone.reload()
    await expect(phone.getByLabel('Your first name')).toHaveValue('Maya')
  })
})

test('a name that was too long, put right, and two taps on Join: the invitation is still there, and is taken once', async ({ page, town }) => {
  const asked: string[] = []
  await page.route('**/api/join', async (route) => {
    asked.push(route.request().postDataJSON().invite)
    await route.continue()
  })
  await page.goto(town.invite())
  await page.getByLabel('Your first name').fill('x'.repeat(41))
  const join = page.getByRole('button', { name: 'Join', exact: true })
  await join.click()
  await expect(page.getByRole('alert')).toContainText('Use at most 40 letters')
  await page.getByLabel('Your first name').fill('Maya')
  await join.dblclick()
  await expect(page.getByText('Maya', { exact: false }).first()).toBeVisible()
  await expect(page.getByRole('link', { name: 'See what’s on' })).toBeVisible()
  expect(asked).toHaveLength(1)
  expect(asked[0]).not.toBe('')
})

test('while Join is under way its code can’t be dropped', async ({ page, town }) => {
  let go = () => {}
  const held = new Promise<void>((resolve) => (go = resolve))
  await page.route('**/api/join', async (route) => (await held, route.continue()))
  const invite = town.invite()
  // NB! A page that opens for the first time may take a moment until it can keep anything.
  await expect(async () => {
    await page.goto(invite)
    await page.getByLabel('Your first name').fill('Maya')
    await page.goto(`${town.url}/about`)
    await page.goto(`${town.url}/join`)
    await expect(page.getByLabel('Your first name'), 'what was typed is kept').toHaveValue('Maya', { timeout: 4_000 })
  }).toPass({ timeout: 60_000 })
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Joining' })).toBeVisible()
  await page.getByRole('button', { name: 'Use another code' }).click({ force: true })
  await expect(page.getByLabel('Your first name')).toHaveValue('Maya')
  go()
  await expect(page.getByRole('link', { name: 'See what’s on' })).toBeVisible()
})

test('a square code of something else is named and not followed', async ({ page, town }) => {
  const film = await filmOf(page, 'https://elsewhere.example/join#7Q2K-M4XD-9TRF-2HVW')
  await pointed(film, async (phone) => {
    await openJoin(phone, town)
    await phone.getByRole('button', { name: 'Scan an invite' }).click()
    await expect(phone.getByText('That code belongs to elsewhere.example, not here.')).toBeVisible(READ)
    expect(phone.url()).toBe(`${town.url}/join`)
  })
})

test('with no camera the code can be typed, and a wrong one is told at once', async ({ town }) => {
  await pointed(null, async (phone) => {
    await openJoin(phone, town)
    await phone.getByRole('button', { name: 'Scan an invite' }).click()
    await expect(phone.getByText(/^No camera was found here/)).toBeVisible()
    await phone.getByRole('button', { name: 'Stop the camera' }).click()
    await phone.getByLabel('Your invite code').fill('7Q2K')
    await phone.getByRole('button', { name: 'See what it is for' }).click()
    await expect(phone.getByRole('link', { name: 'Enter all 16 letters and numbers of the code' })).toBeVisible()
    await phone.getByLabel('Your invite code').fill('7q2k m4xd 9trf 2hvw')
    await phone.getByRole('button', { name: 'See what it is for' }).click()
    await expect(phone.getByRole('button', { name: 'Scan an invite' })).toBeVisible()
    await expect(phone.getByRole('button', { name: 'Join', exact: true })).toHaveCount(0)
    await phone.getByRole('button', { name: 'Type the code' }).click()
    await phone.getByLabel('Your invite code').fill((town.invite().split('#')[1] ?? '').toLowerCase().replaceAll('-', ' '))
    await phone.getByRole('button', { name: 'See what it is for' }).click()
    await expect(phone.getByLabel('Your first name')).toBeVisible()
  }, [])
})

test('a camera that may not be used is said, and the code can be typed', async ({ page, town }) => {
  const film = await filmOf(page, town.invite())
  await pointed(film, async (phone) => {
    await phone.addInitScript(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))
    })
    await openJoin(phone, town)
    await phone.getByRole('button', { name: 'Scan an invite' }).click()
    await expect(phone.getByText(/^The camera may not be used/)).toBeVisible()
    await expect(phone.getByRole('button', { name: 'Try the camera again' })).toBeVisible()
  })
})

test('a phone that was shut out is told what a new invite is for, like one that nobody knows', async ({ page, town }) => {
  await joinWith(page, town.invite(), 'Ada')
  const rows = await superuser(town)
  const [member] = await rows.find('members', 'firstName = "Ada"')
  const [phone] = await rows.find('devices', `member = "${member!.id}"`)
  await rows.change('devices', phone!.id, { revoked: true })
  await page.goto(town.invite())
  await expect(page.locator('.invitation .community')).toBeVisible()
})

test('a phone that was shut out is led to join again, and isn’t told that it has joined or that something is being sent', async ({ page, town }) => {
  await joinWith(page, town.invite(), 'Ada')
  const rows = await superuser(town)
  const [member] = await rows.find('members', 'firstName = "Ada"')
  const [phone] = await rows.find('devices', `member = "${member!.id}"`)
  await rows.change('devices', phone!.id, { revoked: true })
  await page.goto(`${town.url}/you`)
  await page.getByLabel('Your first name').fill('Adele')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText(/^This phone is not known here any more/)).toBeVisible()
  await page.goto(`${town.url}/outbox`)
  await expect(page.getByText('It will be sent once you have joined again.')).toBeVisible()
  await expect(page.getByText('It is being sent now.')).toHaveCount(0)
  await page.getByRole('main').getByRole('link', { name: 'Join again' }).click()
  await expect(page.getByText(/it was shut out, or you came back on another one/)).toBeVisible()
  await expect(page.getByText(/has joined already/)).toHaveCount(0)
  await page.getByRole('button', { name: 'Type the code' }).click()
  await page.getByLabel('Your invite code').fill(town.invite())
  await page.getByRole('button', { name: 'See what it is for' }).click()
  await page.getByLabel('Your first name').fill('Ada')
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Welcome, Ada' })).toBeVisible()
})

test('“Keep it safe” leads to how, and Goodbye is said to nobody who is still here', async ({ page, town }) => {
  await joinWith(page, town.invite(), 'Ada')
  const how = page.getByRole('heading', { name: 'Keep it on your phone' })
  // The second time the page is there already.
  for (let time = 0; time < 2; time++) {
    await page.getByRole('link', { name: 'Keep it safe' }).click()
    await expect(how).toBeFocused()
    await expect(how).toBeInViewport()
    await page.getByRole('heading', { level: 1 }).focus()
  }
  await page.goto(`${town.url}/you/goodbye`)
  await expect(page.getByRole('heading', { level: 1, name: 'You have not left' })).toBeVisible()
  await expect(page.getByText('This phone has forgotten you')).toHaveCount(0)
})
