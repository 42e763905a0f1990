/**
 * Measures how the whole app comes to a phone that opens it for the first time, against a running server:
 *
 *     node bench/install.mjs 127.0.0.1:8399
 *
 * Prints one JSON line for a fast line, for a processor at a quarter of its speed, for a line of 400 kbit/s with 400 ms
 * there and back, and for both of these:
 *
 * - keptMs: from opening the address until the worker has everything, the first screen's own files and rows included.
 * - cpuMs: of all processes of Chromium, from before the address is opened until a second after that.
 * - requests, down, up: all that went over the line, headers included. Less what a visit without a worker asks for,
 *   which is printed first, this is what keeping costs.
 *
 * Medians of five, each with a profile on disk of its own. The line is a relay in here: no TLS, no slow start.
 */
import { chromium } from '@playwright/test'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const [host, port] = process.argv[2].split(':')
const RUNS = 5
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']
const FAST = { delay: 0, rate: Infinity }
const FIELD = { delay: 200, rate: 50 } // ms one way; bytes a ms
/** Of each 20 ms a slow processor works for 5. */
const [WORKS, RESTS] = [5, 15]
const TICK_MS = 10

let line = FAST
let counted
let free

function begin(next) {
  line = next
  counted = { requests: 0, down: 0, up: 0 }
  free = { down: 0, up: 0 }
}

/** Bytes of all connections queue for one line; what has been sent arrives later, `stands` at the earliest. */
function carry(from, to, way, stands) {
  from.on('data', (bytes) => {
    counted[way] += bytes.length
    if (way === 'up') counted.requests += bytes.toString('latin1').match(/^(GET|POST) \S+ HTTP/gm)?.length ?? 0
    const now = performance.now()
    free[way] = Math.max(now, free[way]) + bytes.length / line.rate
    setTimeout(() => to.writable && to.write(bytes), Math.max(stands, free[way] + line.delay) - now)
  })
  from.on('close', () => setTimeout(() => to.end(), Math.max(0, free[way] - performance.now()) + line.delay))
  from.on('error', () => to.destroy())
}

const relay = createServer((phone) => {
  const server = connect(Number(port), host)
  carry(phone, server, 'up', performance.now() + 3 * line.delay)
  carry(server, phone, 'down', 0)
})
await new Promise((ready) => relay.listen(0, '127.0.0.1', ready))
const address = `http://127.0.0.1:${relay.address().port}`

const stat = (pid) => readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ')
/** Processes end while they are listed. */
const seen = (look) => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
  try {
    return look(pid)
  } catch {
    return []
  }
})
const groupOf = (profile) => seen((pid) => (readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(profile) ? [stat(pid)[2]] : []))[0]
const cpuOf = (group) => seen((pid) => (stat(pid)[2] === group ? stat(pid).slice(11, 15).map(Number) : [])).reduce((all, ticks) => all + ticks * TICK_MS, 0)

/** Lets a group of processes work a quarter of the time, until the answer is called. */
function slow(group) {
  let over = false
  const turning = (async () => {
    for (; !over; await pause(WORKS)) {
      process.kill(-group, 'SIGSTOP')
      await pause(RESTS)
      process.kill(-group, 'SIGCONT')
    }
  })()
  return () => ((over = true), turning)
}

async function once({ over, slowly, alone }) {
  const profile = mkdtempSync(join(tmpdir(), 'kith-install-'))
  const context = await chromium.launchPersistentContext(profile, { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', serviceWorkers: alone ? 'block' : 'allow', viewport: { width: 390, height: 844 }, args: ARGS })
  const page = context.pages()[0]
  await page.goto('about:blank')
  begin(over)
  const group = groupOf(profile)
  const before = cpuOf(group)
  const quick = slowly ? slow(group) : () => undefined
  const began = performance.now()
  await page.goto(address, { timeout: 0 })
  await page.evaluate((alone) => (alone ? new Promise((later) => setTimeout(later, 3000)) : navigator.serviceWorker.ready.then(() => undefined)), alone)
  const keptMs = alone ? 0 : performance.now() - began
  await quick()
  await pause(1000)
  const result = { keptMs, cpuMs: cpuOf(group) - before, ...counted }
  await context.close()
  rmSync(profile, { recursive: true, force: true })
  return result
}

const WAYS = { 'without a worker': { over: FAST, alone: true }, fast: { over: FAST }, 'slow processor': { over: FAST, slowly: true }, 'slow line': { over: FIELD }, 'both slow': { over: FIELD, slowly: true } }
for (const [name, way] of Object.entries(WAYS)) {
  const all = []
  for (let run = 0; run < RUNS; run++) all.push(await once(way))
  const median = (key) => Math.round(all.map((one) => one[key]).sort((a, b) => a - b)[RUNS >> 1])
  console.log(JSON.stringify({ way: name, ...Object.fromEntries(Object.keys(all[0]).map((key) => [key, median(key)])) }))
}
relay.close()
