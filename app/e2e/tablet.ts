/**
 * A tablet that several people share, in a real profile on disk, and the search for words in it.
 */
import { chromium, type BrowserContext, type Page } from '@playwright/test'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WHOLE } from './browsers'
import { expect, test } from './town'

/** The forms in which a browser may keep a word. */
function forms(word: string): [string, Buffer][] {
  const found: [string, Buffer][] = [[`${word}, UTF-8`, Buffer.from(word)], [`${word}, UTF-16`, Buffer.from(word, 'utf16le')]]
  // In base64 a word looks different by where it begins; its middle is the same for each of three.
  for (const bytes of [Buffer.from(word), Buffer.from(word, 'utf16le')]) {
    for (let shift = 0; shift < 3; shift++) {
      const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64').replaceAll('=', '')
      found.push([`${word}, base64`, Buffer.from(text.slice(shift === 0 ? 0 : shift + 1, -2))])
    }
  }
  return found
}

/** Every file under a folder that holds one of the words, and in which form. */
export function filesWith(folder: string, words: readonly string[]): string[] {
  const found: string[] = []
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const name = join(entry.parentPath, entry.name)
    let bytes: Buffer
    try {
      bytes = readFileSync(name)
    } catch {
      continue // the browser took it away meanwhile
    }
    for (const word of words) for (const [form, part] of forms(word)) if (bytes.includes(part)) found.push(`${form} in ${name.slice(folder.length)}`)
  }
  return found
}

/** Everything that the second person's browser tools would show: bytes are read as letters of one byte, and of two. */
export function everythingSeen(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const letters = (bytes: Uint8Array) => ['utf-8', 'latin1', 'utf-16le'].flatMap((form) => [bytes, bytes.subarray(1)].map((part) => new TextDecoder(form).decode(part))).join('\n')
    const readable = (_: string, part: unknown) => {
      if (part instanceof ArrayBuffer) return letters(new Uint8Array(part))
      if (ArrayBuffer.isView(part)) return letters(new Uint8Array(part.buffer, part.byteOffset, part.byteLength))
      return part instanceof Map || part instanceof Set ? [...part] : part
    }
    const answer = <T>(request: IDBRequest<T>) => new Promise<T>((done, failed) => ((request.onsuccess = () => done(request.result)), (request.onerror = () => failed(request.error))))
    const navigated = (globalThis as any).navigation?.entries().map((entry: any) => [entry.url, entry.getState()]) ?? []
    const texts: string[] = [document.title, document.documentElement.outerHTML, JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state, history.length, navigated])]
    for (const { name } of await indexedDB.databases()) {
      const db = await answer(indexedDB.open(name!))
      texts.push(name!)
      for (const store of db.objectStoreNames) {
        const from = () => db.transaction(store).objectStore(store)
        texts.push(JSON.stringify(await answer(from().getAllKeys()), readable), JSON.stringify(await answer(from().getAll()), readable))
      }
      db.close()
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name)
      for (const request of await cache.keys()) texts.push(request.url, (await (await cache.match(request))!.text()))
    }
    return texts.join('\n')
  })
}

/** A browser on a profile that is there. */
export function onProfile(folder: string, serviceWorkers: 'allow' | 'block' = 'allow'): Promise<BrowserContext> {
  const { launchOptions, viewport } = test.info().project.use as { launchOptions: object; viewport: { width: number; height: number } }
  return chromium.launchPersistentContext(folder, { ...launchOptions, executablePath: WHOLE, viewport, locale: 'en-GB', timezoneId: 'Europe/London', serviceWorkers })
}

/** A browser with a profile of its own. `die`: as if its battery had gone. `reopen`: another browser on the same profile, once the first is gone. */
export async function tablet(serviceWorkers: 'allow' | 'block' = 'allow'): Promise<{ context: BrowserContext; page: Page; folder: string; die: () => Promise<void>; reopen: () => Promise<BrowserContext> }> {
  const folder = mkdtempSync(join(tmpdir(), 'kith-tablet-'))
  const reopen = () => onProfile(folder, serviceWorkers)
  const context = await reopen()
  const die = async () => {
    const gone = context.waitForEvent('close', { timeout: 60_000 })
    for (const group of groupsOn(folder)) process.kill(-group, 'SIGKILL')
    await gone
    await expect.poll(() => groupsOn(folder), { message: 'processes on the profile' }).toEqual([])
  }
  return { context, page: context.pages()[0] ?? (await context.newPage()), folder, die, reopen }
}

/** The groups of processes that have this profile open: a browser is the first of its own. */
function groupsOn(folder: string): number[] {
  const found = new Set<number>()
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(`--user-data-dir=${folder}`)) continue
      // After the name, which may hold anything, come state, parent and group.
      const [, state, , group] = /.*\) (\S) (\d+) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))!
      if (state !== 'Z') found.add(Number(group))
    } catch {
      continue // it ended meanwhile
    }
  }
  return [...found]
}

/** Says that several people use this device. */
export async function shareIt(page: Page, { url }: { url: string }): Promise<void> {
  await page.goto(`${url}/about`)
  await page.getByRole('button', { name: 'This tablet is shared' }).click()
  await page.getByRole('button', { name: 'Yes, several people use it' }).click()
  await page.getByRole('heading', { level: 1, name: 'Choose a PIN' }).waitFor()
}

export async function addMe(page: Page, pin: string): Promise<void> {
  await page.getByLabel('New PIN').fill(pin)
  await page.getByLabel('The same PIN again').fill(pin)
  await page.getByRole('button', { name: 'Begin my turn' }).click()
  await page.getByRole('button', { name: 'End my turn' }).waitFor()
}

export async function endTurn(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'End my turn' }).click()
  await page.getByRole('heading', { level: 1, name: 'Who are you?' }).waitFor()
}

/** Goes on inside of the app: a page that is loaded anew asks for the PIN again. */
export async function go(page: Page, address: string): Promise<void> {
  await page.evaluate((to) => {
    const link = document.createElement('a')
    link.href = to
    document.body.append(link)
    link.click()
    link.remove()
  }, address)
}

export async function joinHere(page: Page, link: string): Promise<void> {
  const { pathname, hash } = new URL(link)
  await go(page, pathname + hash)
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: /^Welcome/ }).waitFor()
}
