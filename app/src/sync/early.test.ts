/**
 * The first request, sent before the app has started: public/early.js and who takes its answer.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, it } from 'vitest'
import { askPublic } from './ask'
import { takeEarly } from './env'
import { MemoryStore } from './store'

const SCRIPT = readFileSync(resolve(import.meta.dirname, '../../public/early.js'), 'utf8')
const world = globalThis as { kithEarly?: unknown }
afterEach(() => delete world.kithEarly)

/** Runs the script in a browser that holds those databases; null: one that doesn't say. */
async function run(held: string[] | null) {
  const asked: [string, RequestInit][] = []
  const page = {
    indexedDB: held ? { databases: async () => held.map((name) => ({ name })) } : {},
    AbortController,
    fetch: (...request: [string, RequestInit]) => (asked.push(request), Promise.reject(new Error('no signal'))),
    kithEarly: undefined as any,
  }
  runInNewContext(SCRIPT, page)
  await new Promise((done) => setImmediate(done))
  return { asked, begun: page.kithEarly }
}

describe('the first request', () => {
  it('is begun early on a phone that holds nothing, and is the one that the engine makes', async () => {
    const { asked, begun } = await run(['another'])
    const { path } = await new MemoryStore().read(['meta'], askPublic)
    expect(asked.map(([address]) => address)).toEqual([path])
    expect(begun.path).toBe(path)
  })
  it('is not begun early where something is held, or where the browser does not say', async () => {
    expect((await run(['kith'])).asked).toEqual([])
    expect((await run(null)).asked).toEqual([])
  })
  it('is given once, to who asks for that address, and is given up with their patience', async () => {
    const stop = new AbortController()
    const response = Promise.resolve(new Response('{}'))
    world.kithEarly = { path: '/first', response, stop }
    expect(takeEarly('/second')).toBeUndefined()
    const patience = new AbortController()
    expect(takeEarly('/first', patience.signal)).toBe(response)
    expect(takeEarly('/first')).toBeUndefined()
    patience.abort()
    expect(stop.signal.aborted).toBe(true)
  })
})
