/**
 * A town of its own for each test: the real binary, a free port, a copy of the seeded data folder, and one
 * way in per demo person. `stop()` kills the process, as a power cut would; `start()` brings it back on the
 * same port with the same data.
 */
import { expect, test as base, type Browser, type BrowserContext, type Page, type TestInfo } from '@playwright/test'
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

/** The binary under test. */
export const BINARY = resolve(process.env.KITH_BIN ?? '../kith')

/** The app as it was built: beside the binary, or where `make` leaves it. */
export function built(): string {
  const beside = join(dirname(BINARY), 'pb_public')
  return existsSync(join(beside, 'sw.js')) ? beside : resolve('../pb_public')
}

/** The keys that worries are sealed to, the recovery key beside them, and those of cards: outside of the data folder. */
const KEYS = ['.concern-keys', '.concern-keys-recovery', '.card-keys']

const OWNER = 'Nasrin'

/** Who the demo town has. `second`: another coordinator. */
export type Person = 'resident' | 'listener' | 'activator' | 'owner' | 'staff' | 'coach' | 'surgery' | 'coordinator' | 'second'

export class Town {
  #process: ChildProcess | undefined
  #died = ''
  #complaints: string[] = []
  #links = new Map<string, string>()

  private constructor(
    readonly folder: string,
    readonly port: number,
    readonly binary: string,
    private readonly env: Record<string, string>,
  ) {}

  /**
   * `seeded`: the data folder to begin with. `binary`: a pb_public folder beside it is served instead of its own. `env`:
   * what is set for the server besides.
   */
  static async open(seeded: string, binary = BINARY, env: Record<string, string> = {}): Promise<Town> {
    const folder = mkdtempSync(join(tmpdir(), 'kith-e2e-'))
    cpSync(seeded, folder, { recursive: true })
    for (const end of KEYS) if (existsSync(seeded + end)) cpSync(seeded + end, folder + end)
    const town = new Town(folder, await freePort(), binary, env)
    await town.start()
    return town
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** What the server has complained of. */
  get complaints(): readonly string[] {
    return this.#complaints
  }

  /** The link that signs a browser in as that person. */
  link(person: Person): string {
    const link = this.#links.get(person)
    if (!link) throw new Error(`no link for ${person}`)
    return link
  }

  /** The link of an invite for somebody new, as a poster has it. */
  invite(): string {
    const said = verb(this, 'invite', '--role', 'resident', '--address', this.url)
    const link = /http\S+\/join#\S+/.exec(said)?.[0]
    if (!link) throw new Error(`no link in ${said}`)
    return link
  }

  async start(): Promise<void> {
    const child = spawn(this.binary, ['serve', '--http', `127.0.0.1:${this.port}`, '--dir', this.folder], { cwd: dirname(this.binary), stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...this.env } })
    this.#process = child
    await new Promise<void>((ready, failed) => {
      let said = ''
      const hear = (bytes: Buffer) => {
        said += bytes.toString()
        this.#complaints.push(...bytes.toString().split('\n').filter((line) => /ERROR|WARN/.test(line)))
        this.#links.clear()
        for (const [, role, name, link] of said.matchAll(/^ {2}(\w+) +(\S+) +(http\S+\/join#\S+)$/gm)) {
          // Of several owners it is the one whose shop has staff.
          if (role === 'owner' && name !== OWNER) continue
          this.#links.set(this.#links.has(role!) ? 'second' : role!, link!)
        }
        if (this.#links.size >= 9 && /Server started|Kith is at/.test(said)) ready()
      }
      child.stdout.on('data', hear)
      child.stderr.on('data', hear)
      child.on('exit', (code, signal) => {
        this.#died = `kith ended by itself, with ${signal ?? code}: ${said}`
        failed(new Error(this.#died))
      })
    })
    await this.#answers()
  }

  /** It greets before it listens: where the port is another's by now it ends only then. */
  async #answers(): Promise<void> {
    const answered = () => fetch(`${this.url}/api/sync/public/-/0/0`).then(({ status }) => status, String)
    await expect.poll(async () => this.#died || (await answered()), { timeout: 60_000, intervals: [50] }).toBe(200)
  }

  /** Lets the process stand still: connections stay open, and nothing is answered. */
  hold(): void {
    this.#process?.kill('SIGSTOP')
  }

  goOn(): void {
    this.#process?.kill('SIGCONT')
  }

  /** Kills the process, without a goodbye. */
  async stop(): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.removeAllListeners('exit')
    const gone = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await gone
  }

  /** Ends it. A server that had ended by itself is an error, whatever the test has seen of it. */
  async close(): Promise<void> {
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true })
    for (const end of ['.keys', ...KEYS]) rmSync(this.folder + end, { force: true })
    if (this.#died) throw new Error(this.#died)
  }
}

/**
 * A port below those that the kernel gives to whoever connects: while the server is stopped, nobody else's connection
 * comes from it, and none to it meets itself.
 */
async function freePort(): Promise<number> {
  for (let tries = 100; tries > 0; tries--) {
    const port = 12_000 + Math.floor(Math.random() * 20_000)
    const free = await new Promise<boolean>((found) => {
      const server = createServer().once('error', () => found(false))
      server.listen(port, '127.0.0.1', () => server.close(() => found(true)))
    })
    if (free) return port
  }
  throw new Error('a hundred ports are taken')
}

/** Waits until the page is served by its worker, which then has everything. */
export async function kept(page: Page): Promise<void> {
  const standing = () =>
    page.evaluate(async () => {
      const [registration] = await navigator.serviceWorker.getRegistrations()
      const { installing, waiting, active } = registration ?? {}
      return { served: Boolean(navigator.serviceWorker.controller), installing: installing?.state, waiting: waiting?.state, active: active?.state }
    })
  await expect.poll(standing, { timeout: 60_000 }).toMatchObject({ served: true, active: 'activated' })
}

/**
 * What a verb of the console says. Beside a server that starts or writes just then it was seen to be told that the
 * database is locked: whoever is at the console asks again (docs/operations.md).
 */
export function verb(town: Town, ...args: string[]): string {
  for (let tries = 5; ; tries--) {
    try {
      return execFileSync(town.binary, [...args, '--dir', town.folder], { cwd: dirname(town.binary), stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 }).toString()
    } catch (error) {
      if (tries === 0 || !/database is locked/.test(String(error))) throw error
    }
  }
}

/** The day that is `days` after `day`: the app's own brings its bank holidays along, which nothing but a bundler reads. */
export const addDays = (day: string, days: number): string => new Date(Date.parse(`${day}T12:00Z`) + days * 86_400_000).toISOString().slice(0, 10)

/** The first day on which something is on: today's may be over, and nothing is on at Christmas. */
export const firstDay = (page: Page) => page.getByRole('heading', { level: 2, name: /^(Today|Tomorrow|\w+day \d)/ }).first()

/** Waits until a page that was opened stands: before that there is nothing on it, whatever it will show. */
export async function stands(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.getByText('One moment…').waitFor({ state: 'detached' })
}

/**
 * Waits until what this phone notes for itself alone is on its disk: it shows before, and whoever reloads at once may be
 * faster. Whatever writes there after others waits for them.
 */
export async function noted(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((done, failed) => {
        const opening = indexedDB.open('kith')
        opening.onerror = () => failed(opening.error)
        opening.onsuccess = () => {
          const writing = opening.result.transaction('local', 'readwrite')
          writing.oncomplete = () => (opening.result.close(), done())
          writing.objectStore('local').count()
        }
      }),
  )
}

/** Opens the front and waits for the first rows. */
export async function openFront(page: Page, town: Pick<Town, 'url'>): Promise<void> {
  await page.goto(town.url)
  await firstDay(page).waitFor()
}

/** Signs this browser in as a demo person, the way they would: by their link. */
export async function joinAs(page: Page, town: Pick<Town, 'link'>, person: Person): Promise<void> {
  await page.goto(town.link(person))
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: /^Welcome/ }).waitFor()
}

/** Joins by a link, under a name of one's own. */
export async function joinWith(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link)
  await page.getByLabel('Your first name').fill(name)
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: /^Welcome/ }).waitFor()
}

/** A second phone: a browser context of its own. */
export async function otherPhone(browser: Browser): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'en-GB', timezoneId: 'Europe/London' })
  return { context, page: await context.newPage() }
}

/** What is worth knowing of a test that has failed, while its town still stands: each page, what nobody answered, what the server said. */
async function evidence(browser: Browser, town: Town, unanswered: readonly string[]): Promise<string[]> {
  const pages = browser.contexts().flatMap((context) => context.pages())
  const shown = pages.map(async (page) => `${page.url().replace(town.url, '')} shows ${await page.locator('body').innerText({ timeout: 2_000 }).then((text) => text.replace(/\s+/g, ' ').slice(0, 600), String)}`)
  return [...unanswered.slice(-20), ...town.complaints.slice(-10), ...(await Promise.all(shown))]
}

/** Lets a test use a town; where it failed, evidence is taken before the town ends. */
export async function lived(town: Town, use: (town: Town) => Promise<void>, browser: Browser, unanswered: readonly string[], info: TestInfo): Promise<void> {
  await use(town)
  if (info.status !== info.expectedStatus) info.annotations.push({ type: 'evidence', description: (await evidence(browser, town, unanswered)).join('\n') })
  await town.close()
}

export const test = base.extend<{ town: Town; phones: void; unanswered: string[] }, { seeded: string }>({
  // NB! A browser closes no context but the first page's: phones of tests long over would go on asking for their towns.
  phones: [
    async ({ browser }, use) => {
      await use()
      await Promise.all(browser.contexts().map((context) => context.close()))
    },
    { auto: true },
  ],
  // A request that no server answered is behind much that isn't there in time.
  unanswered: async ({ page }, use) => {
    const all: string[] = []
    page.on('requestfailed', (request) => all.push(`${new Date().toISOString()} ${request.method()} ${request.url()} ${request.failure()?.errorText}`))
    page.on('response', (answer) => answer.status() >= 400 && all.push(`${new Date().toISOString()} ${answer.url()} answered ${answer.status()}`))
    await use(all)
  },
  seeded: [
    async ({}, use) => {
      if (!existsSync(BINARY)) throw new Error(`no server at ${BINARY}: run "make build" or set KITH_BIN`)
      const folder = mkdtempSync(join(tmpdir(), 'kith-seed-'))
      execFileSync(BINARY, ['seed', '--dir', folder], { cwd: dirname(BINARY), stdio: 'ignore' })
      await use(folder)
      rmSync(folder, { recursive: true, force: true })
      for (const end of ['.keys', ...KEYS]) rmSync(folder + end, { force: true })
    },
    { scope: 'worker', timeout: 300_000 }, // of no test's time
  ],
  town: async ({ browser, seeded, unanswered }, use, info) => {
    await lived(await Town.open(seeded), use, browser, unanswered, info)
  },
})

export { expect }
