/**
 * The pack: taken apart by the worker on a phone that is made of Maps, and written by the build.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { packed, writePack } from '../../build/pack.ts'
import { listFiles } from '../../build/worker.ts'
import { addressOf, hashOf, takenApart } from './pack'
import { Browser, PACK } from './testing/browser'

let browser: Browser
beforeEach(() => void (browser = new Browser()))
afterEach(() => vi.unstubAllGlobals())

const BODIES = Object.fromEntries(['index.html', 'assets/a.js', 'assets/b.css', 'assets/c.js'].map((name, n) => [name, new TextEncoder().encode(name.repeat(100 * n + 1))]))
const pack = packed(Object.entries(BODIES).map(([name, body]) => ({ name, body })))
const alone = (path: string) => new Response(BODIES[path === '/' ? 'index.html' : path.slice(1)])
const streamOf = (bytes: Uint8Array<ArrayBuffer>, size = bytes.length) =>
  new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(out) {
      for (let at = 0; at < bytes.length; at += size) out.enqueue(bytes.slice(at, at + size))
      out.close()
    },
  })
let files: [string, string][]
beforeEach(async () => void (files = await Promise.all(Object.entries(BODIES).map(async ([name, body]): Promise<[string, string]> => [addressOf(name), await hashOf(body)]))))

const keptAll = async () => {
  browser.network = () => {
    throw new TypeError('no signal')
  }
  for (const [address] of files) expect(await browser.ask(address), address).toBe(await alone(address).text())
}

test('a pack is taken apart into what was put in, however it comes', async () => {
  for (const size of [1, 7, 511, 100_000]) {
    const found: Record<string, Uint8Array> = {}
    for await (const { address, body } of takenApart(streamOf(pack, size))) found[address] = body
    expect(found).toEqual(Object.fromEntries(Object.entries(BODIES).map(([name, body]) => [addressOf(name), body])))
  }
})

test('a pack is all that a first install asks for', async () => {
  browser.network = () => new Response(pack)
  await browser.start('v1', files)
  await browser.event('install')
  expect(browser.fetched).toEqual([PACK])
  await keptAll()
})

test('a pack brings the headers that each file would have alone', async () => {
  browser.network = () => new Response(pack, { headers: { 'Content-Type': 'application/gzip', 'Content-Length': String(pack.length), 'Content-Security-Policy': "default-src 'none'", 'Cache-Control': 'immutable', ETag: '"pack"' } })
  await browser.start('v1', files)
  await browser.event('install')
  const headers = async (address: string) => Object.fromEntries((await browser.stores.get('kith-app-v1')!.match(address))!.headers)
  const same = { 'content-security-policy': "default-src 'none'" }
  expect(await headers('/')).toEqual({ ...same, 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache', etag: `"${files[0]![1]}"`, 'x-kith-hash': files[0]![1] })
  expect(await headers('/assets/b.css')).toEqual({ ...same, 'content-type': 'text/css; charset=utf-8', 'cache-control': 'public, max-age=31536000, immutable', etag: `"${files[2]![1]}"`, 'x-kith-hash': files[2]![1] })
})

test('a pack that is cut leaves what came, nothing is answered from it, and the next try fetches the rest alone', async () => {
  const large = [...Array(64).keys()].map((n) => ({ name: `assets/${n}.js`, body: crypto.getRandomValues(new Uint8Array(4096)) }))
  const listed = await Promise.all(large.map(async ({ name, body }): Promise<[string, string]> => [`/${name}`, await hashOf(body)]))
  const whole = packed(large)
  browser.network = (path) => {
    if (path !== PACK) throw new TypeError('no signal')
    return new Response(streamOf(whole.slice(0, whole.length / 2), 1000))
  }
  await browser.start('v1', listed)
  await expect(browser.event('install')).rejects.toThrow('no signal')
  const came = browser.stores.get('kith-app-v1')!.kept.size
  expect(came).toBeGreaterThan(20)
  expect(came).toBeLessThan(40)

  browser.fetched.length = 0
  browser.network = (path) => new Response(large.find(({ name }) => `/${name}` === path)!.body)
  await browser.start('v1', listed)
  await browser.event('install')
  expect(browser.fetched).toEqual(listed.map(([address]) => address).slice(came))
  expect(browser.stores.get('kith-app-v1')!.kept.size).toBe(64)
})

test('a pack is believed in nothing that the list says otherwise: of another version, a page in its place, nothing at all', async () => {
  const other = packed([{ name: 'index.html', body: BODIES['index.html']! }, { name: 'assets/a.js', body: new TextEncoder().encode('another') }, { name: 'assets/more.js', body: new Uint8Array(3) }])
  for (const [answer, asked] of [[() => new Response(other), 3], [() => new Response('<!doctype html>'), 4], [() => new Response('', { status: 404 }), 4], [() => Promise.reject(new TypeError('no signal')) as never, 4]] as const) {
    browser = new Browser()
    browser.network = (path) => (path === PACK ? answer() : alone(path))
    await browser.start('v1', files)
    await browser.event('install')
    expect(browser.fetched).toHaveLength(1 + asked)
    expect(browser.stores.get('kith-app-v1')!.kept.has('/assets/more.js')).toBe(false)
    await keptAll()
  }
})

test('a pack comes with an update of which much is new, and not with one of which little is', async () => {
  browser.network = () => new Response(pack)
  await browser.start('v1', files.map(([address, hash], n) => [address, n === 0 ? hash : 'older']))
  browser.network = (path) => (path === PACK ? new Response('', { status: 404 }) : alone(path))
  await browser.event('install')
  browser.fetched.length = 0
  browser.network = () => new Response(pack)
  await browser.start('v2', files)
  await browser.event('install')
  expect(browser.fetched).toEqual([PACK])

  browser.fetched.length = 0
  browser.network = alone
  await browser.start('v3', files.map(([address, hash], n) => [address, n === 1 ? 'newer' : hash]))
  await browser.event('install')
  expect(browser.fetched).toEqual(['/assets/a.js'])
  await keptAll()
})

test('a pack is written with every file as it stands, and not with one that the worker could not answer as', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kith-pack-'))
  try {
    mkdirSync(join(folder, 'assets'))
    for (const [name, body] of Object.entries(BODIES)) writeFileSync(join(folder, name), body)
    await writePack(folder, files, PACK)
    const found: string[] = []
    for await (const { address, body } of takenApart(streamOf(new Uint8Array(readFileSync(join(folder, PACK)))))) {
      expect(await hashOf(body)).toBe(files.find(([one]) => one === address)![1])
      found.push(address)
    }
    expect(found.sort()).toEqual(files.map(([address]) => address).sort())
    expect(listFiles(folder).map(([address]) => address)).not.toContain(PACK)
    expect(() => packed([{ name: 'a.unknown', body: new Uint8Array(1) }])).toThrow('a.unknown')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
