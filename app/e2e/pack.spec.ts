/**
 * How the app comes to a phone: all of it in one pack the first time, and of a new version what is new. A road between
 * the phone and the server counts what the worker asks for, and breaks in the middle.
 */
import { createHash } from 'node:crypto'
import { appendFileSync, copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BINARY, built, expect, firstDay, kept, test, Town } from './town'

const PACK = /^\/assets\/pack-[0-9a-f]+\.tar\.gz$/
/** Of each answer or each connection, or of how the body travels; and what the worker notes for itself. */
const OWN = ['date', 'x-request-id', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'content-encoding', 'x-kith-hash']

class Road {
  /** What the worker has asked for, beside the worker itself: a page never asks for a file of the app in this way. */
  readonly asked: string[] = []
  /** Set: half of a pack goes through, and no more. */
  half = false
  #stuck: ServerResponse[] = []
  #server: Server

  private constructor(private readonly port: number) {
    this.#server = createServer((from, to) => this.#carry(from, to))
  }

  static async to(town: Town): Promise<Road> {
    const road = new Road(town.port)
    await new Promise<void>((ready) => road.#server.listen(0, '127.0.0.1', ready))
    return road
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  #carry(from: IncomingMessage, to: ServerResponse): void {
    const path = from.url ?? ''
    if (from.headers['sec-fetch-dest'] === 'empty' && !path.startsWith('/api/')) this.asked.push(path)
    const on = request({ host: '127.0.0.1', port: this.port, path, method: from.method, headers: from.headers }, (answer) => {
      to.writeHead(answer.statusCode ?? 500, answer.headers)
      if (this.half && PACK.test(path)) this.#halve(path, answer, to)
      else answer.pipe(to)
      answer.on('error', () => to.destroy())
    })
    on.on('error', () => to.destroy())
    to.on('close', () => on.destroy())
    from.pipe(on)
  }

  #halve(path: string, answer: IncomingMessage, to: ServerResponse): void {
    let left = statSync(join(built(), path)).size / 2
    answer.on('data', (bytes: Buffer) => {
      if (left > 0) to.write(bytes.subarray(0, left))
      left -= bytes.length
    })
    this.#stuck.push(to)
  }

  /** Cuts what stands still in the middle. */
  cut(): void {
    for (const one of this.#stuck.splice(0)) one.destroy()
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((closed) => this.#server.close(closed))
  }
}

/** What the phone keeps: each address with its headers and the hash of its body. */
const keptFiles = (page: import('@playwright/test').Page) =>
  page.evaluate(async () => {
    const files: { address: string; headers: Record<string, string>; hash: string }[] = []
    for (const name of await caches.keys()) {
      const cache = await caches.open(name)
      for (const asked of await cache.keys()) {
        const answer = (await cache.match(asked))!
        const sum = await crypto.subtle.digest('SHA-256', await answer.arrayBuffer())
        files.push({ address: new URL(asked.url).pathname, headers: Object.fromEntries(answer.headers), hash: [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, '0')).join('') })
      }
    }
    return files
  })

const without = (headers: Record<string, string>) => Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN.includes(name)))

test('a first visit keeps all of the app with one request, as the server would send each file', async ({ page, town }) => {
  const road = await Road.to(town)
  try {
    await page.goto(road.url)
    await firstDay(page).waitFor()
    await kept(page)
    expect(road.asked).toEqual([expect.stringMatching(PACK)])

    const files = await keptFiles(page)
    expect(files.length).toBeGreaterThan(200)
    for (const { address, headers, hash } of files) {
      const alone = await fetch(town.url + address, { headers: { 'accept-encoding': 'identity' } }) // as it is once unpacked
      expect(without(headers), address).toEqual(without(Object.fromEntries(alone.headers)))
      expect(hash, address).toBe(createHash('sha256').update(Buffer.from(await alone.arrayBuffer())).digest('hex'))
    }

    await town.stop()
    await page.goto(`${road.url}/helplines`)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await page.goto(`${road.url}/join`)
    await expect(page.getByRole('heading', { level: 1, name: /Join/ })).toBeVisible()
  } finally {
    await road.close()
  }
})

test('a pack that is cut in the middle leaves no half of an app, and the next try asks for the other half alone', async ({ page, town }) => {
  const road = await Road.to(town)
  try {
    road.half = true
    await page.goto(road.url)
    await firstDay(page).waitFor()
    await expect.poll(() => keptFiles(page).then((files) => files.length), { timeout: 60_000 }).toBeGreaterThan(50)
    await town.stop()
    road.cut()
    await expect.poll(() => page.evaluate(() => navigator.serviceWorker.getRegistrations().then((all) => all.length)), { timeout: 60_000 }).toBe(0)
    const came = new Set((await keptFiles(page)).map(({ address }) => address))

    await town.start()
    road.asked.length = 0
    await page.evaluate(() => dispatchEvent(new Event('online')))
    await kept(page)
    const all = (await keptFiles(page)).map(({ address }) => address)
    expect([...road.asked].sort()).toEqual(all.filter((address) => !came.has(address)).sort())
    await town.stop()
    await page.reload()
    await expect(firstDay(page)).toBeVisible()
  } finally {
    await road.close()
  }
})

test('of a new version in which little is new, only that is fetched', async ({ page, seeded }) => {
  const folder = mkdtempSync(join(tmpdir(), 'kith-release-'))
  const own = (name: string) => join(folder, 'pb_public', name)
  copyFileSync(BINARY, join(folder, 'kith'))
  cpSync(built(), own(''), { recursive: true })
  const town = await Town.open(seeded, join(folder, 'kith'))
  const road = await Road.to(town)
  try {
    await page.goto(road.url)
    await firstDay(page).waitFor()
    await kept(page)
    await town.stop()
    appendFileSync(own('manifest.webmanifest'), '\n')
    const worker = readFileSync(own('sw.js'), 'utf8')
    const version = /pack-([0-9a-f]+)\.tar/.exec(worker)![1]!
    const hash = /\/manifest\.webmanifest\W+([0-9a-f]{16})/.exec(worker)![1]!
    writeFileSync(own('sw.js'), worker.replaceAll(version, 'another').replaceAll(hash, '0123456789abcdef'))
    await town.start()
    road.asked.length = 0
    await page.reload()
    await expect(page.getByText('A new version is ready.')).toBeVisible({ timeout: 60_000 }) // all of it is kept anew, as in kept()
    expect(road.asked).toEqual(['/manifest.webmanifest'])
  } finally {
    await road.close()
    await town.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
