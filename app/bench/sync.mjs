/**
 * Measures the sync engine in Chromium with the CPU slowed down four times: a first sync of 10,000 rows, from
 * the request to rows on screen's side of the door, and a cold start from what is then on disk.
 *
 * node bench/sync.mjs [rows] → a table, and one JSON line per figure:
 * {"bench": "app/firstSync", "ms": 1234, "limit": 3000, …}. Times are medians of five runs.
 */
import { createServer } from 'node:http'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { chromium } from '@playwright/test'
import { build } from 'vite'

const ROWS = Number(process.argv[2] ?? 10_000)
const RUNS = 5
const SLOWER = 4
const FIRST_SYNC_MS = 3000
const PAGE_BYTES = 1 << 20

/** Words make the rows compress about as well as real ones. */
const WORDS = 'lunch club choir chess tea walk garden hall library cafe friendly everyone welcome free Thursday morning Rye Lane Nunhead Peckham come along bring a friend ask for'.split(' ')

let seed = 1
const random = () => ((seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648)
const text = (words) => Array.from({ length: words }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ')

function listing(i) {
  const id = `listing${String(i).padStart(8, '0')}`
  return {
    id, kind: 'group', title: text(4), summary: text(10), description: text(40), organisation: 'organisation001', place: 'place0000000001', room: '',
    schedule: [{ start: '2026-06-04T12:00', minutes: 120, zone: 'Europe/London', rrule: 'FREQ=WEEKLY;BYDAY=TH' }],
    prices: { mode: 'free', amounts: [], firstFree: false, why: '' }, access: ['stepFree'], venue: 'hall', languages: ['en'], whoComes: text(5),
    firstVisit: {}, contact: { name: text(1) }, checked: '2026-05-01', status: 'active', source: '', sourceUrl: '', twin: '',
  }
}

/** Pages of a first answer, and what an up-to-date device is told afterwards. */
function makePages() {
  const head = JSON.stringify({ head: { protocol: 1, epoch: 'e', seq: ROWS, now: new Date().toISOString(), schema: [1, 1] } })
  const pages = []
  let lines = [head, '{"reset":"public"}']
  let bytes = 0
  let sum = 0
  for (let seq = 1; seq <= ROWS; seq++) {
    const line = JSON.stringify({ row: ['public', 'listings', `listing${String(seq).padStart(8, '0')}`, seq, listing(seq)] })
    lines.push(line)
    bytes += line.length
    sum += (((seq * seq) % 94906249) * seq) % 94906249
    const done = seq === ROWS
    if (bytes < PAGE_BYTES && !done) continue
    const next = `/api/sync/public/e/0/${done ? 'done' : pages.length + 1}`
    lines.push(JSON.stringify({ end: { cursor: `c${pages.length}`, done, next, ...(done ? { sums: { public: [ROWS, sum] } } : {}) } }))
    pages.push(lines.join('\n') + '\n')
    lines = [head]
    bytes = 0
  }
  return pages
}

async function buildEngine() {
  const folder = mkdtempSync(join(tmpdir(), 'kith-bench-'))
  await build({
    configFile: false, logLevel: 'warn', publicDir: false,
    build: { outDir: folder, target: 'baseline-widely-available', lib: { entry: resolve(import.meta.dirname, '../src/sync/index.ts'), formats: ['es'], fileName: () => 'engine.js' } },
  })
  const code = readFileSync(join(folder, 'engine.js'))
  rmSync(folder, { recursive: true })
  return code
}

function serve(engine, pages) {
  const packed = pages.map((page) => gzipSync(page, { level: 6 }))
  const server = createServer((request, response) => {
    const send = (type, body, more = {}) => response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store', ...more }).end(body)
    if (request.url === '/') send('text/html', '<!doctype html><meta charset=utf-8><title>bench</title>')
    else if (request.url === '/engine.js') send('text/javascript', engine)
    else if (request.url.startsWith('/api/sync/public/')) {
      const at = request.url.split('/').pop()
      send('application/x-ndjson', packed[at === 'done' ? packed.length - 1 : Number(at)], { 'Content-Encoding': 'gzip' })
    } else response.writeHead(404).end()
  })
  return new Promise((ready) => server.listen(0, '127.0.0.1', () => ready(server)))
}

/** In the page: opens the engine and waits for all rows; the longest task tells whether taps were answered. */
async function measure(rows) {
  let longest = 0
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => (longest = Math.max(longest, entry.duration)))).observe({ type: 'longtask', buffered: false })
  const { Kith } = await import('/engine.js')
  const began = performance.now()
  const kith = await Kith.open()
  const openMs = performance.now() - began
  const openRows = kith.rows('listings').size
  while (kith.rows('listings').size < rows) await new Promise((resolve) => setTimeout(resolve, 5))
  const allMs = performance.now() - began
  await new Promise((resolve) => setTimeout(resolve, 100))
  return { openMs, openRows, allMs, longest }
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]

const engine = await buildEngine()
const pages = makePages()
const server = await serve(engine, pages)
const address = `http://127.0.0.1:${server.address().port}/`
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })
const first = []
const cold = []
for (let run = 0; run < RUNS; run++) {
  const context = await browser.newContext()
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
  await page.goto(address)
  first.push(await page.evaluate(measure, ROWS))
  await page.goto(address)
  cold.push(await page.evaluate(measure, ROWS))
  await context.close()
}
await browser.close()
server.close()

const bytes = pages.reduce((sum, page) => sum + page.length, 0)
const figures = [
  { bench: 'app/firstSync', ms: median(first.map((run) => run.allMs)), limit: FIRST_SYNC_MS, rows: ROWS, bytes, pages: pages.length, cpu: `x${SLOWER}` },
  { bench: 'app/firstSyncLongestTask', ms: median(first.map((run) => run.longest)), cpu: `x${SLOWER}` },
  { bench: 'app/coldStart', ms: median(cold.map((run) => run.openMs)), rows: median(cold.map((run) => run.openRows)), cpu: `x${SLOWER}` },
  { bench: 'app/coldStartLongestTask', ms: median(cold.map((run) => run.longest)), cpu: `x${SLOWER}` },
  { bench: 'app/engineScript', bytes: engine.length, gzip: gzipSync(engine, { level: 9 }).length },
]
for (const figure of figures) {
  if (figure.ms !== undefined) figure.ms = Math.round(figure.ms)
  console.log(`${figure.bench.padEnd(28)} ${String(figure.ms ?? figure.gzip).padStart(7)} ${figure.ms === undefined ? 'B gzip' : 'ms'}${figure.limit ? `  (at most ${figure.limit})` : ''}`)
}
for (const figure of figures) console.log(JSON.stringify(figure))
if (figures[0].ms > FIRST_SYNC_MS) process.exitCode = 1
