/**
 * The service worker, with a browser around it that is made of Maps; and the list that the build gives it.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { isLater, listFiles, versionOf } from '../../build/worker.ts'
import { Browser, FakeCache } from './testing/browser'

let browser: Browser
beforeEach(() => void (browser = new Browser()))
afterEach(() => vi.unstubAllGlobals())

const FILES: [string, string][] = [['/', 'h1'], ['/assets/a.js', 'h2']]

describe('the worker', () => {
  test('answers its own files and every screen from this phone', async () => {
    await browser.start('v1', FILES)
    await browser.event('install')
    browser.network = () => {
      throw new TypeError('no signal')
    }
    expect(await browser.ask('/', { mode: 'navigate' })).toBe('network /')
    expect(await browser.ask('/listing/lunch', { mode: 'navigate' })).toBe('network /')
    expect(await browser.ask('/assets/a.js')).toBe('network /assets/a.js')
  })

  test('leaves sync, the dashboard, other sites, writes and unknown files alone', async () => {
    await browser.start('v1', FILES)
    await browser.event('install')
    for (const path of ['/api/sync/public/-/0/0', '/_/', '/_/index', '/api/']) {
      expect(await browser.ask(path, { mode: 'navigate' })).toBeNull()
    }
    expect(await browser.ask('/', { origin: 'https://other.example' })).toBeNull()
    expect(await browser.ask('/', { method: 'POST' })).toBeNull()
    expect(await browser.ask('/assets/old.js')).toBeNull()
    expect(await browser.ask('/export.csv', { mode: 'navigate' })).toBeNull()
  })

  test('is not installed with a file missing, or with one that came by a redirect', async () => {
    await browser.start('v1', FILES)
    browser.network = (path) => new Response('', { status: path === '/' ? 200 : 404 })
    await expect(browser.event('install')).rejects.toThrow('/assets/a.js')
    browser.network = () => Object.defineProperty(new Response('moved'), 'redirected', { value: true })
    await expect(browser.event('install')).rejects.toThrow('/')
  })

  test('fetches of a new version only what differs, and waits until it is told', async () => {
    await browser.start('v1', [...FILES, ['/assets/b.js', 'h3']])
    await browser.event('install')
    browser.fetched.length = 0
    browser.network = (path) => new Response(`new ${path}`)
    await browser.start('v2', [['/', 'h9'], ['/assets/a.js', 'h2'], ['/assets/b.js', 'h3']])
    await browser.event('install')
    expect(browser.fetched).toEqual(['/'])
    expect(browser.skipped).toBe(false)
    expect([...browser.stores.keys()]).toEqual(['kith-app-v1', 'kith-app-v2'])
    browser.listeners.get('message')!({ data: 'something else' })
    expect(browser.skipped).toBe(false)
    browser.listeners.get('message')!({ data: 'skipWaiting' })
    expect(browser.skipped).toBe(true)
    await browser.event('activate')
    expect([...browser.stores.keys()]).toEqual(['kith-app-v2'])
    expect(await browser.ask('/', { mode: 'navigate' })).toBe('new /')
    expect(await browser.ask('/assets/a.js')).toBe('network /assets/a.js')
  })

  test('keeps what few people need from the first time it is used, and then brings it with every version', async () => {
    const later: [string, string][] = [['/assets/reader.wasm', 'w1']]
    await browser.start('v1', FILES, later)
    await browser.event('install')
    expect(browser.fetched).not.toContain('/assets/reader.wasm')
    await browser.start('v2', FILES, later)
    await browser.event('install')
    expect(browser.fetched).not.toContain('/assets/reader.wasm')

    expect(await browser.ask('/assets/reader.wasm')).toBe('network /assets/reader.wasm')
    await browser.start('v3', FILES, [['/assets/reader2.wasm', 'w2']])
    await browser.event('install')
    browser.network = () => {
      throw new TypeError('no signal')
    }
    expect(await browser.ask('/assets/reader2.wasm')).toBe('network /assets/reader2.wasm')
  })

  test('keeps no error in the place of a file that few people need', async () => {
    await browser.start('v1', FILES, [['/assets/reader.wasm', 'w1']])
    browser.network = () => new Response('gone', { status: 503 })
    expect(await browser.ask('/assets/reader.wasm')).toBe('gone')
    browser.network = () => new Response('here')
    expect(await browser.ask('/assets/reader.wasm')).toBe('here')
  })

  test('leaves caches of others alone', async () => {
    browser.stores.set('somebody-else', new FakeCache())
    await browser.start('v1', FILES)
    await browser.event('activate')
    expect(browser.stores.has('somebody-else')).toBe(true)
  })

  test('takes a page that asks for it: one that was on its way while the worker took over', async () => {
    await browser.start('v1', FILES)
    await browser.event('activate')
    await browser.event('message', { data: 'claim' })
    expect(browser.claims).toBe(2)
  })

  test('goes to the network when the browser has thrown its cache away', async () => {
    await browser.start('v1', FILES)
    expect(await browser.ask('/assets/a.js')).toBe('network /assets/a.js')
  })
})

describe('the list of the build', () => {
  let folder: string
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'kith-list-'))))
  afterEach(() => rmSync(folder, { recursive: true }))

  test('has every file by its address, but the worker, maps and hidden files', () => {
    mkdirSync(join(folder, 'assets'))
    for (const name of ['index.html', 'sw.js', '.gitkeep', 'assets/a.js', 'assets/a.js.map']) writeFileSync(join(folder, name), name)
    expect(listFiles(folder).map(([address]) => address)).toEqual(['/assets/a.js', '/'])
  })

  test('leaves for later the reader of square codes and what asks Google, and nothing else', () => {
    const files: [string, string][] = [['/', ''], ['/assets/first-a.js', ''], ['/assets/reader.worker-b.js', ''], ['/assets/reader-c.js', ''], ['/assets/zxing_reader-d.wasm', ''], ['/assets/firebase-e.js', '']]
    expect(files.filter(isLater).map(([address]) => address)).toEqual(['/assets/reader.worker-b.js', '/assets/zxing_reader-d.wasm', '/assets/firebase-e.js'])
  })

  test('names another version when a file changes, and the same when none does', () => {
    writeFileSync(join(folder, 'index.html'), 'one')
    const one = versionOf(listFiles(folder))
    expect(versionOf(listFiles(folder))).toBe(one)
    writeFileSync(join(folder, 'index.html'), 'two')
    expect(versionOf(listFiles(folder))).not.toBe(one)
  })
})
