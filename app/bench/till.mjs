/**
 * Measures a till in Chromium with the CPU slowed down six times, against the demo that it seeds for itself:
 *
 *     node bench/till.mjs ../kith
 *
 * Prints one JSON line, in milliseconds: from the tap on "Scan cards" to the painted verdict, with the camera to be
 * opened, the first picture read, the card and its proof checked, and the stamp signed and on disk. Each run shows
 * another proof, and takes its stamp back. `firstMs` is the run on a page that was just opened, `tapMs` the median of
 * the others; `readMs`: from the moment the card comes before a camera that looks already.
 */
import { chromium } from '@playwright/test'
import { execFileSync, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const binary = resolve(process.argv[2] ?? '../kith')
const port = 8398
const address = `http://127.0.0.1:${port}`
const SLOWER = 6
const RUNS = 3
const [WIDTH, HEIGHT] = [640, 480]
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run']
const SQUARE = 'The square code of your card'

const folder = mkdtempSync(join(tmpdir(), 'kith-till-'))
const film = join(folder, 'film.y4m')

/** What the camera sees: one luma for all frames, or darkness. */
function roll(luma) {
  const frame = Buffer.concat([Buffer.from('FRAME\n'), luma ?? Buffer.alloc(WIDTH * HEIGHT, 40), Buffer.alloc((WIDTH * HEIGHT) / 2, 128)])
  const reel = Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F30:1 Ip A1:1 C420\n`), frame, frame])
  const file = openSync(film, 'r+')
  writeSync(file, reel, 0, undefined, 0)
  closeSync(file)
}

async function serve() {
  execFileSync(binary, ['seed', '--dir', join(folder, 'data')], { cwd: dirname(binary), stdio: 'ignore' })
  const child = spawn(binary, ['serve', '--http', `127.0.0.1:${port}`, '--dir', join(folder, 'data')], { cwd: dirname(binary), stdio: ['ignore', 'pipe', 'pipe'] })
  const links = new Map()
  let said = ''
  await new Promise((ready, failed) => {
    const hear = (bytes) => {
      said += bytes
      for (const [, person, link] of said.matchAll(/^ {2}(\w+) +\S+ +(http\S+\/join#\S+)$/gm)) links.set(person, link)
      if (links.has('owner') && links.has('resident') && /Server started|Kith is at/.test(said)) ready()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.on('exit', () => failed(new Error(said)))
  })
  return { child, links }
}

async function join_(page, link) {
  await page.goto(link)
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: /^Welcome/ }).waitFor()
}

/** In the page: from now, or from the next tap, to the frame in which a verdict stands. */
function watch(fromTap) {
  globalThis.took = new Promise((done) => {
    let from = performance.now()
    if (fromTap) addEventListener('pointerdown', (event) => (from = event.timeStamp), { capture: true, once: true })
    const seen = new MutationObserver(() => {
      if (!document.querySelector('[role=alertdialog]')) return
      seen.disconnect()
      requestAnimationFrame(() => setTimeout(() => done(performance.now() - from)))
    })
    seen.observe(document.body, { subtree: true, childList: true })
  })
}

/** The digits of a new proof, by the card's own page. */
async function nextSquare(card, last) {
  await card.reload()
  await card.getByRole('img', { name: SQUARE }).waitFor()
  const path = await card.getByRole('img', { name: SQUARE }).locator('path').getAttribute('d')
  if (path === last) throw new Error('the square did not change')
  return path
}

/** A drawn square as a camera sees it; its path says which modules are dark. */
function pictured(path) {
  const cells = [...path.matchAll(/M(\d+) (\d+)/g)].map(([, x, y]) => [Number(x), Number(y)])
  const size = Math.max(...cells.flat()) + 5
  const dark = new Set(cells.map(([x, y]) => y * size + x))
  const scale = (HEIGHT * 0.9) / size
  const [left, top] = [(WIDTH - size * scale) / 2, (HEIGHT - size * scale) / 2]
  const luma = Buffer.alloc(WIDTH * HEIGHT, 90)
  for (let at = 0; at < luma.length; at++) {
    const [x, y] = [Math.floor(((at % WIDTH) - left) / scale), Math.floor((Math.floor(at / WIDTH) - top) / scale)]
    if (x >= 0 && x < size && y >= 0 && y < size) luma[at] = (dark.has(y * size + x) ? 30 : 215) + ((at * 7) % 23) - 11
  }
  return luma
}

/** The card's own phone, and a till whose camera sees the film. */
async function open(links) {
  writeFileSync(film, '')
  roll(null)
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
  const phone = await chromium.launch({ executablePath, args: ARGS })
  const counter = await chromium.launch({ executablePath, args: [...ARGS, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-video-capture=${film}`] })
  const card = await phone.newPage()
  await join_(card, links.get('resident'))
  await card.goto(`${address}/card`)
  await card.getByRole('button', { name: 'Get my card' }).click()
  await card.getByRole('img', { name: SQUARE }).waitFor()
  const till = await (await counter.newContext({ viewport: { width: 390, height: 844 }, permissions: ['camera'] })).newPage()
  // The camera is to be asked for, as on the first day.
  await till.addInitScript(() => (navigator.permissions.query = () => Promise.resolve({ state: 'prompt' })))
  await join_(till, links.get('owner'))
  await till.goto(`${address}/till`)
  await till.getByRole('button', { name: 'Open the till' }).click()
  await till.getByRole('button', { name: 'Scan cards' }).waitFor()
  return { card, till, close: () => Promise.all([phone.close(), counter.close()]) }
}

async function takeBack(till) {
  await till.getByRole('button', { name: 'Take it back' }).click()
  await till.getByRole('heading', { name: 'Taken back' }).waitFor()
  await till.getByRole('button', { name: 'Next card' }).click()
}

async function once(card, till, how, last) {
  const path = await nextSquare(card, last)
  // A card that was in sight until just now is not told about again.
  if (how === 'read') await till.waitForTimeout(4_000)
  if (how === 'tap') roll(pictured(path))
  await till.evaluate(watch, how === 'tap')
  if (how === 'tap') await till.getByRole('button', { name: 'Scan cards' }).click()
  else roll(pictured(path))
  const took = await till.evaluate(() => Promise.race([globalThis.took, new Promise((_, late) => setTimeout(() => late(new Error('no verdict')), 30_000))]))
  console.error(`${how}: ${Math.round(took)} ms`)
  await till.getByRole('heading', { name: 'Stamped' }).waitFor()
  roll(null)
  await takeBack(till)
  if (how === 'tap') await till.getByRole('button', { name: 'Stop' }).click()
  return { took, path }
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]

const { child, links } = await serve()
try {
  const { card, till, close } = await open(links)
  await (await till.context().newCDPSession(till)).send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
  await till.reload()
  await till.getByRole('button', { name: 'Scan cards' }).waitFor()
  const taps = []
  let last = ''
  for (let run = 0; run <= RUNS; run++) {
    const { took, path } = await once(card, till, 'tap', last)
    taps.push(took)
    last = path
  }
  await till.getByRole('button', { name: 'Scan cards' }).click()
  await till.getByText('Hold the card in front of the camera.').waitFor()
  const reads = []
  for (let run = 0; run < RUNS; run++) {
    const { took, path } = await once(card, till, 'read', last)
    reads.push(took)
    last = path
  }
  await close()
  console.log(JSON.stringify({ firstMs: Math.round(taps[0]), tapMs: Math.round(median(taps.slice(1))), readMs: Math.round(median(reads)) }))
} finally {
  child.removeAllListeners('exit')
  child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
}
