/**
 * Where somebody lives is on one helper's phone for the hours of one turn and half an hour, and then on none: with the phone offline all the
 * time, whatever is done to its clock, in no page, in no record of the app even with its key, and in no file of a real
 * profile. NB! A browser's own log may hold the sealed bytes of before, and the key, until it is written anew.
 */
import type { BrowserContext, Page } from '@playwright/test'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Box } from '../src/sync/box'
import { aCircle, aSlot, linkOf, setHome, takesFirst } from './circle'
import { countsPlaces } from './looked'
import { filesWith, onProfile } from './tablet'
import { expect, joinAs, kept, test, type Town } from './town'

test.describe.configure({ timeout: 300_000 })

const HOUR = 3_600_000
/** No four letters of one are in another. */
const HOME = { address: 'Zwirbelnook 7, Elm Row', door: 'quaxdomple', ringName: 'Fjurgosta', ringPhone: '020 7946 0377' }
const CANARIES = ['Zwirbelnook', 'quaxdomple', 'Fjurgosta', '7946 0377']
/** Kept in the clear by the test itself: a search that doesn't find it is blind. */
const CONTROL = 'myshpregatcu'

/** What lies in the stores of this browser, opened with the key that lies beside: what somebody could read who takes the phone apart. */
async function opened(page: Page): Promise<string> {
  const found = await page.evaluate(async () => {
    const answer = <T>(request: IDBRequest<T>) => new Promise<T>((done, failed) => ((request.onsuccess = () => done(request.result)), (request.onerror = () => failed(request.error))))
    const db = await answer(indexedDB.open('kith'))
    const records: { store: string; key: unknown; box: number[] | null; rest: string }[] = []
    for (const store of db.objectStoreNames) {
      const objects = db.transaction(store).objectStore(store)
      const [keys, values] = await Promise.all([answer(objects.getAllKeys()), answer(objects.getAll())])
      keys.forEach((key, at) => records.push({ store, key, box: values[at].box ? [...values[at].box] : null, rest: JSON.stringify(values[at].text ?? '') }))
    }
    const key = await answer(db.transaction('device').objectStore('device').get('box'))
    db.close()
    return { key: [...key.key] as number[], records }
  })
  const box = new Box(Uint8Array.from(found.key))
  const named = ['outbox', 'meta', 'device']
  const texts = found.records.map(({ store, key, box: sealed, rest }) => (sealed ? rest + JSON.stringify(box.open(named.includes(store) ? `${store}/${String(key)}` : store, Uint8Array.from(sealed))) : rest))
  expect(texts.join('\n'), 'what is sealed was opened').toContain('circleHelpers')
  return texts.join('\n')
}

/** As an address would be kept by mistake: in a database, in the clear. */
async function plant(page: Page): Promise<void> {
  await page.evaluate(async (word) => {
    const db = await new Promise<IDBDatabase>((done) => {
      const request = indexedDB.open('control', 1)
      request.onupgradeneeded = () => request.result.createObjectStore('rows')
      request.onsuccess = () => done(request.result)
    })
    await new Promise((done) => {
      const txn = db.transaction('rows', 'readwrite', { durability: 'strict' })
      txn.objectStore('rows').put({ address: word }, 'one')
      txn.oncomplete = done
    })
    db.close()
  }, CONTROL)
}

const shows = (page: Page) => expect(page.getByText(HOME.address)).toBeVisible()

/** Not on the page of the turn, not when nobody answers, not anywhere in the page. */
async function gone(page: Page, url: string): Promise<void> {
  await expect(page.getByText(HOME.address)).toHaveCount(0)
  for (const path of ['/door', '']) {
    await page.goto(url + path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    const html = await page.content()
    for (const word of CANARIES) expect(html.includes(word), `${word} on ${path}`).toBe(false)
  }
}

/** A clock of one's own, that goes on from now. */
async function clocked(context: BrowserContext, at: number): Promise<Page> {
  const page = context.pages()[0] ?? (await context.newPage())
  await page.clock.install({ time: at })
  await page.clock.resume()
  return page
}

/** As when somebody comes back from the settings of the phone. */
const looks = (page: Page) => page.evaluate(() => void (document.dispatchEvent(new Event('visibilitychange')), dispatchEvent(new Event('focus'))))

/** What is done to a phone with no signal until the time of its address is over. `at`: the page of the turn; answers with the address gone, as far as the app is concerned. */
type Ending = (phone: { context: BrowserContext; at: string; goes: number }) => Promise<Page>

const ENDINGS: Record<string, Ending> = {
  'the app is left open, and time passes': async ({ context, at, goes }) => {
    const page = await clocked(context, Date.now())
    await page.goto(at)
    await shows(page)
    await page.clock.fastForward(goes - Date.now() + 1_000)
    return page
  },
  'its clock is set two days back, and time passes': async ({ context, at, goes }) => {
    const page = await clocked(context, Date.now())
    await page.goto(at)
    await shows(page)
    const left = goes - Date.now()
    await page.clock.setSystemTime(Date.now() - 48 * HOUR)
    await page.clock.fastForward(left - 120_000)
    await expect(page.getByText(HOME.address), 'it is still its time').toBeVisible()
    await page.clock.fastForward(121_000)
    return page
  },
  'its clock is set on, and back again': async ({ context, at, goes }) => {
    const page = await clocked(context, Date.now())
    await page.goto(at)
    await shows(page)
    await page.clock.setSystemTime(goes + HOUR)
    await looks(page)
    await expect(page.getByText(HOME.address)).toHaveCount(0)
    await page.clock.setSystemTime(goes - HOUR)
    await looks(page)
    return page
  },
  'the app is closed, and opened with an earlier clock': async ({ context, at, goes }) => {
    const page = await clocked(context, goes - 3 * HOUR)
    await page.goto(at)
    return page
  },
  'the app is closed, and opened a day after, and again with the clock of before': async ({ context, at, goes }) => {
    const page = await clocked(context, goes + 24 * HOUR)
    await page.goto(at)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await expect(page.getByText(HOME.address)).toHaveCount(0)
    await page.clock.setSystemTime(goes - HOUR / 2)
    await page.reload()
    return page
  },
}

/** A helper's phone, in the hours of their turn, with no signal: it shows the address. Answers its profile, closed. */
async function helped(host: Page, town: Town, folder: string): Promise<{ turn: string; goes: number }> {
  await joinAs(host, town, 'activator')
  const circle = await aCircle(host, town, 'Thursdays with Ada', 'Ada')
  await setHome(host, town, circle, HOME)
  const { goes } = await aSlot(host, town, circle, 'the salon on Rye Lane')
  const link = await linkOf(host, town, circle)
  const context = await onProfile(folder)
  const page = context.pages()[0]!
  const looked = await countsPlaces(page)
  const turn = await takesFirst(page, town, circle, link, 'Samira')
  await kept(page)
  await page.goto(`${town.url}/day/${turn}`)
  await shows(page)
  await plant(page)
  await town.stop()
  await page.reload()
  await shows(page)
  await expect(page.getByText(HOME.door)).toBeVisible()
  await expect(page.getByRole('link', { name: /^Ring Fjurgosta/ })).toHaveAttribute('href', 'tel:02079460377')
  const inside = await opened(page)
  for (const word of CANARIES) expect(inside, 'it is there to be found').toContain(word)
  await onTheDay(page, turn)
  expect(await looked(), 'nobody asks where anybody is').toBe(0)
  await context.close()
  return { turn, goes }
}

/** With no signal: three buttons, one taken back; nobody at the door, in numbered steps; and all of it waits to be sent. */
async function onTheDay(page: Page, turn: string): Promise<void> {
  await page.getByRole('button', { name: 'On my way' }).click()
  await expect(page.getByText('You are on your way.')).toBeVisible()
  await expect(page.getByText('It is told by itself, as soon as there is signal.')).toBeVisible()
  await page.getByRole('button', { name: /^Undo/ }).click()
  await expect(page.getByText('You are on your way.')).toHaveCount(0)
  await page.getByRole('link', { name: 'Ada isn’t answering the door' }).click()
  await expect(page).toHaveURL(new RegExp(`/day/${turn}/door$`))
  await expect(page.getByRole('link', { name: 'Ring 999' })).toHaveAttribute('href', 'tel:999')
  await expect(page.getByRole('link', { name: /^Ring Fjurgosta/ })).toBeVisible()
  await page.getByRole('button', { name: 'Nobody answers' }).click()
  await expect(page.getByText('It isn’t sent yet, as there is no signal.')).toBeVisible()
  await page.getByRole('button', { name: 'They came to the door' }).click()
  await page.getByRole('link', { name: 'Back to your turn' }).click()
  await expect(page.getByText('You are there.')).toBeVisible()
}

test('an address is on the phone of one helper in the hours of one turn, and then in no page and no file, offline, whatever its clock says', async ({ page: host, town }) => {
  const folder = mkdtempSync(join(tmpdir(), 'kith-helper-'))
  const copies: string[] = []
  try {
    const { turn, goes } = await helped(host, town, folder)
    expect(filesWith(folder, [CONTROL]), 'what lies there in the clear is found').not.toEqual([])
    expect(filesWith(folder, CANARIES), 'and the address never does').toEqual([])
    for (const [what, ending] of Object.entries(ENDINGS)) {
      await test.step(what, async () => {
        const copy = mkdtempSync(join(tmpdir(), 'kith-helper-'))
        copies.push(copy)
        cpSync(folder, copy, { recursive: true })
        const context = await onProfile(copy)
        try {
          const at = `${town.url}/day/${turn}`
          const page = await ending({ context, at, goes })
          await gone(page, at)
          const inside = await opened(page)
          for (const word of CANARIES) expect(inside.includes(word), `${word}, sealed, with the key beside it`).toBe(false)
        } finally {
          await context.close()
        }
        expect(filesWith(copy, [CONTROL])).not.toEqual([])
        expect(filesWith(copy, CANARIES)).toEqual([])
      })
    }
  } finally {
    for (const one of [folder, ...copies]) rmSync(one, { recursive: true, force: true })
  }
})
