/** What every screen is held to: axe finds nothing, and nothing is cut off or scrolls sideways. */
import type { Page } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** Half a megabyte, and a page reads it once. */
const AXE = readFileSync(resolve('node_modules/axe-core/axe.min.js'), 'utf8')

/** Rules about colours, which differ between light and dark, and cost the most. */
const COLOURS = ['color-contrast', 'link-in-text-block']

/** Every rule violation on the page as "rule: where". `colours`: only those rules; `form`: all but those. */
export async function violations(page: Page, what: 'all' | 'colours' | 'form' = 'all'): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE)
  return page.evaluate(
    async ({ what, colours }) => {
      const less = { resultTypes: ['violations'], preload: { assets: ['media'] } }
      const run = (globalThis as unknown as { axe: { run: (options: object) => Promise<{ violations: { id: string; nodes: { target: unknown; failureSummary: string }[] }[] }> } }).axe
      // Of what passes nothing is told; style sheets are read beforehand for one rule alone, which is not among these.
      const all = { ...less, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }
      const without = { ...all, rules: Object.fromEntries(colours.map((rule) => [rule, { enabled: false }])) }
      const found = await run.run(what === 'all' ? all : what === 'form' ? without : { ...less, runOnly: { type: 'rule', values: colours } })
      return found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${String(node.target)} ${node.failureSummary}`))
    },
    { what, colours: COLOURS },
  )
}

/** What sticks out of the page sideways. A strip that scrolls by itself is meant to. */
export async function stickingOut(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth
    // What opens above the page scrolls by itself, and must not do so sideways either.
    const above = document.querySelector('dialog')
    if (document.documentElement.scrollWidth <= width && (above?.scrollWidth ?? 0) <= (above?.clientWidth ?? 0)) return []
    return [...document.querySelectorAll('main *, header *, nav *, dialog, dialog *')]
      .filter((one) => one.getBoundingClientRect().right > width + 1 && !one.closest('.strip'))
      .map((one) => `${one.tagName}.${one.className}: ${(one.textContent ?? '').slice(0, 40)}`)
  })
}

/** Twice the letters, as a person sets it on their phone; or as before. */
export async function doubleText(page: Page, doubled = true): Promise<void> {
  await page.evaluate((size) => {
    document.documentElement.style.fontSize = size
  }, doubled ? '225%' : '')
}

export interface Screen {
  name: string
  path: string
  /** Brings the page into the state that is meant. */
  then?: (page: Page) => Promise<void>
}

/** Opens the door of a session of the last two weeks, whatever day it is. */
async function atDoor(page: Page): Promise<void> {
  await page.getByRole('link', { name: /^(Type it in|See or correct)/ }).first().click()
  await page.getByRole('heading', { name: 'Who came?' }).waitFor()
}

/** Every screen of the app, for somebody who runs `listing`. */
export function screens(listing: string): Screen[] {
  return [
    { name: 'front', path: '/' },
    { name: 'filters', path: '/', then: (page) => page.getByRole('button', { name: 'Filters' }).click() },
    { name: 'filtered', path: '/#costs=free&access=stepFree' },
    { name: 'empty', path: '/#words=zebra&costs=free', then: (page) => page.getByText('Nothing found like that.').waitFor() },
    { name: 'services', path: '/#show=services' },
    { name: 'notices', path: '/#show=notices' },
    { name: 'listing', path: `/l/${listing}` },
    { name: 'come', path: `/l/${listing}/come` },
    {
      name: 'come-more',
      path: `/l/${listing}/come`,
      then: async (page) => {
        await page.getByText('Tell them more, if you like').click()
        await page.getByLabel('In your words').fill('x'.repeat(201))
        for (const liked of ['Singing', 'Music', 'Books', 'Art', 'Films']) await page.getByLabel(liked, { exact: true }).check()
      },
    },
    { name: 'my-buddies', path: '/buddies' },
    { name: 'buddies', path: `/buddies/${listing}` },
    { name: 'sheet', path: `/sheet/${listing}` },
    { name: 'hostcard', path: '/hostcard', then: (page) => page.getByLabel('One line, if you like').fill('x'.repeat(81)).then(() => page.getByRole('button', { name: 'Save the change' }).click()) },
    { name: 'plans', path: '/plans' },
    { name: 'groups', path: '/groups' },
    { name: 'add', path: '/groups/new' },
    {
      name: 'add-mistakes',
      path: '/groups/new',
      then: async (page) => {
        await page.getByLabel('Its name').fill('')
        await page.getByRole('button', { name: 'Put it up' }).click()
        await page.getByRole('alert').waitFor()
      },
    },
    { name: 'edit', path: `/groups/${listing}` },
    { name: 'door-next', path: `/door/${listing}` },
    { name: 'door', path: '/groups', then: atDoor },
    {
      name: 'door-more',
      path: '/groups',
      then: async (page) => {
        await atDoor(page)
        await page.getByLabel('Find a name, or add one').fill('Zebedee')
        await page.getByLabel('First time here').check()
        await page.getByRole('button', { name: 'Add Zebedee' }).click()
        await page.getByRole('button', { name: 'More about Zebedee' }).click()
        await page.getByText('Count heads instead').click()
      },
    },
    { name: 'join', path: '/join' },
    { name: 'outbox', path: '/outbox' },
    { name: 'about', path: '/about' },
    {
      name: 'join-typed',
      path: '/join',
      then: async (page) => {
        await page.getByRole('button', { name: 'Join again with another invite' }).click()
        await page.getByRole('button', { name: 'Type the code' }).click()
      },
    },
    { name: 'invited', path: '/join#7Q2K-M4XD-9TRF-2HVW', then: (page) => page.getByText(/^Looking up/).waitFor({ state: 'detached' }) },
    { name: 'recover', path: '/recover' },
    { name: 'recover-ask', path: '/recover#7Q2K-M4XD-9TRF-2HVW' },
    { name: 'signin', path: '/signin' },
    { name: 'you', path: '/you' },
    { name: 'devices', path: '/you/devices' },
    { name: 'card', path: '/you/card' },
    { name: 'card-made', path: '/you/card', then: (page) => page.getByRole('button', { name: /^Make a/ }).click() },
    { name: 'email', path: '/you/email' },
    { name: 'for-you', path: '/notices' },
    { name: 'tapped', path: '/notices/zzzzzzzzzzzzzzz', then: (page) => page.getByText(/^There is nothing to open/).waitFor() },
    { name: 'told', path: '/you/notices' },
    { name: 'blocks', path: '/you/blocks' },
    { name: 'report', path: '/you/report' },
    { name: 'helpers', path: '/you/helpers' },
    {
      name: 'offer',
      path: '/you/helpers',
      then: async (page) => {
        await page.getByRole('button', { name: 'Let somebody act for me' }).click()
        await page.getByRole('button', { name: 'Show the code' }).click()
        await page.getByRole('img', { name: /Square code/ }).waitFor()
      },
    },
    { name: 'helping', path: '/you/helping' },
    { name: 'person', path: '/you/person' },
    { name: 'act', path: '/act#7Q2K-M4XD-9TRF-2HVW' },
    { name: 'known', path: '/you/known', then: (page) => page.getByRole('button', { name: 'Show me everything' }).click() },
    { name: 'goodbye', path: '/you/goodbye' },
    { name: 'privacy', path: '/privacy', then: (page) => page.getByText('What you do here, such as', { exact: false }).first().click() },
    { name: 'complain', path: '/complain' },
    { name: 'shops', path: '/shops' },
    { name: 'loyalty', path: '/card' },
    { name: 'print-card', path: '/card/print' },
    { name: 'print-sleeve', path: '/card/print/sleeve' },
    { name: 'print-tent', path: '/card/print/tent' },
    { name: 'print-badge', path: '/card/print/badge' },
    { name: 'print-starters', path: '/card/print/starters' },
    { name: 'missing', path: '/nothing/here' },
    { name: 'gone', path: '/l/zzzzzzzzzzzzzzz' },
  ]
}

/** Opens what has no address, above What's on. */
export async function openQuiet(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Quiet word' }).click()
  await page.getByRole('group', { name: 'Have you asked them?' }).waitFor()
}

/** A page of what has no address, reached by what is tapped in the form. */
function quiet(name: string, then: (page: Page) => Promise<void>): Screen {
  return { name: `quiet-${name}`, path: '/', then: async (page) => (await openQuiet(page), then(page)) }
}

async function refused(page: Page): Promise<void> {
  await page.getByLabel('I can’t safely ask').check()
  await page.getByLabel('Yes, today').check()
  await page.getByLabel(/could come to serious harm, or can’t/).check()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('alert').waitFor()
}

async function saved(page: Page): Promise<void> {
  await page.getByLabel('Not yet').check()
  await page.getByLabel('Lonely').check()
  await page.getByLabel('Yes, today').check()
  await page.getByLabel('Tell me when somebody has it').check()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('heading', { name: 'Saved' }).waitFor()
}

async function cleared(page: Page): Promise<void> {
  await page.evaluate(() => dispatchEvent(new Event('pagehide')))
  await page.getByRole('heading', { name: 'This was cleared' }).waitFor()
}

/** The screens of a Listener, who has read the cards. */
export function listenerScreens(): Screen[] {
  const tap = (name: string) => (page: Page) => page.getByRole('button', { name }).click()
  return [
    quiet('asked', async () => undefined),
    quiet('named', (page) => page.getByLabel('Yes, and they’re fine with it').check()),
    quiet('refused', refused),
    quiet('guide', tap('How do I ask?')),
    quiet('helplines', async (page) => (await page.getByLabel('Not yet').check(), tap('See the helplines')(page))),
    quiet('sure', async (page) => (await page.getByLabel('Not yet').check(), await page.goBack(), page.getByRole('heading', { name: 'Clear this?' }).waitFor())),
    quiet('saved', saved),
    quiet('cleared', cleared),
    quiet('from-before', (page) => page.getByRole('region', { name: 'From before' }).waitFor()),
    quiet('earlier', tap('Take a concern back')),
    { name: 'buddy', path: '/buddies', then: (page) => page.getByText('How to be a buddy').click() },
    { name: 'ring', path: '/buddies', then: (page) => page.getByRole('link', { name: 'Give Stan a ring' }).click().then(() => page.getByRole('button', { name: 'No answer' }).waitFor()) },
    { name: 'listening', path: '/listening' },
    { name: 'guide', path: '/guide' },
    { name: 'cards', path: '/cards' },
    { name: 'helplines', path: '/helplines' },
    { name: 'nudges', path: '/nudges', then: (page) => page.getByRole('button', { name: 'Keep it' }).click() },
    { name: 'sticker', path: '/sticker' },
  ]
}

/**
 * Opens a screen and waits until it stands. It is left by way of an answer of the same server: from one hash to another
 * nothing would be loaded anew, and by way of a blank page a new process would be, as the app's opener policy has it.
 */
export async function show(page: Page, url: string, screen: Screen): Promise<void> {
  await page.goto(`${url}/api/health`)
  await page.goto(url + screen.path)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.getByText('One moment…').waitFor({ state: 'detached' })
  await page.getByText('Fetching what’s on…').waitFor({ state: 'detached' })
  await screen.then?.(page)
}

/** A reward whose shares don't add up. */
async function shared(page: Page): Promise<void> {
  for (const shop of ['The Patient Teapot', 'The Mended Chair']) await page.getByLabel(shop, { exact: true }).check()
  await page.getByLabel('Share of The Mended Chair').fill('20')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('alert').waitFor()
}

/** The screens of a shop's owner. */
export function shopScreens(): Screen[] {
  const change = (name: string) => (page: Page) => page.getByRole('button', { name: new RegExp(`^Change ?: ${name}`) }).click()
  return [
    { name: 'shop-perk', path: '/shop', then: change('Perk') },
    {
      name: 'shop-hours',
      path: '/shop',
      then: async (page) => {
        await change('Open')(page)
        await page.getByRole('button', { name: 'Some days are different' }).click()
        await page.getByRole('group', { name: 'Days, line 2' }).getByLabel('Mon').check()
        await page.getByRole('button', { name: 'Save', exact: true }).click()
        await page.getByRole('alert').waitFor()
      },
    },
    { name: 'shop-leave', path: '/shop', then: (page) => page.getByRole('button', { name: /^Take the shop out/ }).click() },
    { name: 'poster', path: '/poster' },
    { name: 'till', path: '/till', then: (page) => page.getByLabel('What is it called?').waitFor() },
  ]
}

/** The screens of a coordinator, for somebody who looks at `person`. */
export function deskScreens(person: string): Screen[] {
  return [
    { name: 'desk', path: '/desk' },
    { name: 'desk-people', path: '/desk/people', then: (page) => page.getByRole('link', { name: /^Pearl/ }).waitFor() },
    { name: 'desk-person', path: `/desk/people/${person}`, then: (page) => page.getByRole('button', { name: 'Give a role' }).click() },
    { name: 'desk-sure', path: `/desk/people/${person}`, then: (page) => page.getByRole('button', { name: 'Suspend' }).click() },
    { name: 'desk-add', path: '/desk/people/new', then: (page) => page.getByRole('button', { name: 'Add them' }).click() },
    { name: 'desk-invites', path: '/desk/invites' },
    { name: 'desk-devices', path: '/desk/devices' },
    { name: 'desk-acting', path: '/desk/acting' },
    { name: 'desk-record', path: '/desk/acting/new', then: (page) => page.getByRole('button', { name: 'Record it' }).click() },
    { name: 'desk-shops', path: '/desk/shops' },
    { name: 'desk-shop', path: '/desk/shops/new' },
    { name: 'desk-reports', path: '/desk/reports' },
    { name: 'desk-recovery', path: '/desk/recovery' },
    { name: 'desk-notices', path: '/desk/notices' },
    { name: 'desk-audit', path: '/desk/audit', then: (page) => page.getByText('Fetching…').waitFor({ state: 'detached' }) },
    { name: 'desk-care', path: '/desk/care' },
    { name: 'desk-helplines', path: '/desk/helplines' },
    { name: 'desk-helpline', path: '/desk/helplines/new', then: (page) => page.getByRole('button', { name: 'Save' }).click() },
    { name: 'desk-figures', path: '/desk/figures' },
    { name: 'desk-returns', path: '/desk/returns' },
    { name: 'desk-glasses', path: '/desk/glasses' },
    { name: 'desk-scheme', path: '/desk/scheme' },
    { name: 'desk-rewards', path: '/desk/scheme/rewards', then: (page) => page.getByRole('button', { name: /^End it/ }).first().click() },
    { name: 'desk-reward', path: '/desk/scheme/new', then: shared },
    { name: 'desk-reviews', path: '/desk/scheme/reviews' },
    { name: 'desk-settlements', path: '/desk/scheme/settlements' },
    { name: 'desk-patterns', path: '/desk/scheme/patterns' },
    { name: 'desk-card-settings', path: '/desk/scheme/settings', then: (page) => page.getByLabel('Days that a card on a phone lasts').fill('91').then(() => page.getByRole('button', { name: 'Save' }).click()) },
    { name: 'invites', path: '/invites' },
    {
      name: 'invite',
      path: '/invites/new',
      then: async (page) => {
        await page.getByRole('button', { name: 'Make the invite' }).click()
        await page.getByLabel('The code in letters').waitFor()
      },
    },
  ]
}

/** The screens of somebody who keeps a circle in order, and of asks; `ask`: one of theirs that somebody replied to. */
export function circleScreens(circle: string, ask: string): Screen[] {
  const at = `/circles/${circle}`
  const wrong = (button: string) => async (page: Page) => {
    await page.getByRole('button', { name: button }).click()
    await page.getByRole('alert').waitFor()
  }
  return [
    { name: 'circles', path: '/circles' },
    { name: 'circle', path: at, then: (page) => page.getByText('What you can do').first().click() },
    { name: 'circle-people', path: `${at}/people`, then: (page) => page.getByText('More about Amit').click() },
    { name: 'circle-invite', path: `${at}/invite`, then: (page) => page.getByRole('button', { name: 'Make a link' }).click() },
    { name: 'circle-edit', path: `${at}/edit` },
    { name: 'circle-home', path: `${at}/home` },
    { name: 'circle-slot', path: `${at}/slot`, then: (page) => page.getByLabel('What helps on the way').fill('For her dialysis at 14 Rye Lane') },
    {
      name: 'circle-once',
      path: at,
      then: async (page) => {
        await page.getByText('What you can do').last().click()
        await page.getByRole('link', { name: 'Move it, or call it off' }).last().click()
        await page.getByRole('button', { name: 'Not this time' }).click()
      },
    },
    { name: 'circle-start', path: '/circles/new', then: wrong('Start the circle') },
    { name: 'circle-week', path: `${at}/paper` },
    { name: 'circle-calls', path: `${at}/paper/calls` },
    { name: 'circle-cards', path: `${at}/paper/cards` },
    { name: 'asks', path: '/asks' },
    { name: 'ask-new', path: '/asks/new', then: (page) => page.getByLabel('A hand with something').check().then(() => wrong('Put it on the board')(page)) },
    { name: 'ask-mine', path: ask, then: (page) => page.getByText('If something is not right').first().click() },
  ]
}

/** The screens of somebody who helps in a circle, has a turn there, and has replied to `ask`. */
export function helperScreens(circle: string, ask: string): Screen[] {
  const open = (page: Page) => page.locator('main').getByRole('link').and(page.locator('[href^="/day/"]')).first().click()
  return [
    { name: 'circle-helps', path: `/circles/${circle}`, then: (page) => page.getByText('What you can do').first().click() },
    { name: 'day', path: '/day' },
    { name: 'day-turn', path: `/circles/${circle}`, then: (page) => open(page).then(() => page.getByRole('heading', { level: 1, name: 'On the day' }).waitFor()) },
    { name: 'ask-can', path: '/asks', then: (page) => page.getByRole('article').filter({ hasText: 'A parcel to the post office' }).getByRole('link').click().then(() => page.getByRole('button', { name: 'I can', exact: true }).waitFor()) },
    { name: 'ask-chosen', path: ask, then: (page) => page.getByLabel(/^Your number, for/).waitFor() },
  ]
}
