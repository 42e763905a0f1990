/**
 * Films for a pretended camera: a sheet of paper as a phone sees it, held a little askew, not quite sharp, in the
 * grain of a bad light. Chromium plays the film again and again.
 */
import { chromium, type Browser, type Locator, type Page } from '@playwright/test'
import { encode } from 'uqr'
import { closeSync, mkdtempSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import config from '../playwright.config'
import { WHOLE } from './browsers'

const WIDTH = 640
const HEIGHT = 480
const FRAMES = 4

/** A browser whose camera sees `film`, or that has no camera at all. */
export function withCamera(film: string | null): Promise<Browser> {
  const { args = [] } = config.use?.launchOptions ?? {}
  const camera = film ? ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-video-capture=${film}`] : []
  return chromium.launch({ executablePath: WHOLE, args: [...args, ...camera] })
}

/** A sheet with `text` as a square code, as big as on a poster. */
export function sheet(text: string): string {
  const code = encode(text, { ecc: 'M', border: 4 })
  const path = code.data.flatMap((line, y) => line.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return `<body style="margin:0;font:40px serif"><h1>Come and join us</h1><svg viewBox="0 0 ${code.size} ${code.size}" width="420" shape-rendering="crispEdges"><path d="${path}"/></svg><p>Point your phone here</p></body>`
}

const HEADER = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420\n`)
const COLOURLESS = Buffer.alloc((WIDTH * HEIGHT) / 2, 128)

const reel = (lumas: readonly Buffer[]) => Buffer.concat([HEADER, ...lumas.flatMap((luma) => [Buffer.from('FRAME\n'), luma, COLOURLESS])])

function newFile(lumas: readonly Buffer[]): string {
  const file = join(mkdtempSync(join(tmpdir(), 'kith-film-')), 'film.y4m')
  writeFileSync(file, reel(lumas))
  return file
}

/** Films what `page` shows now, or a part of it as somebody holds it nearer. Answers the file. */
export async function filmed(page: Page, part?: Locator): Promise<string> {
  return newFile(await framesOf(page, part))
}

async function framesOf(page: Page, part?: Locator): Promise<Buffer[]> {
  const picture = (await (part ?? page).screenshot()).toString('base64')
  const darkroom = await page.context().browser()!.newPage()
  const lumas: Buffer[] = []
  for (let frame = 0; frame < FRAMES; frame++) {
    lumas.push(Buffer.from(await darkroom.evaluate(develop, { picture, width: WIDTH, height: HEIGHT, frame }), 'latin1'))
  }
  await darkroom.close()
  return lumas
}

/** Somebody's hand before the lens. */
const DARK = Array.from({ length: FRAMES }, () => Buffer.alloc(WIDTH * HEIGHT, 40))

/** A film that changes while it is shown: the camera reads the file again and again, as long as it is there. */
export class LiveFilm {
  readonly file = newFile(DARK)
  #held: Buffer[] = DARK

  /** Holds what `page` shows now before the camera. */
  async show(page: Page, part?: Locator): Promise<void> {
    await this.take(page, part)
    this.#roll(this.#held)
  }

  /** Films it for later: `again()` holds it before the camera. */
  async take(page: Page, part?: Locator): Promise<void> {
    this.#held = await framesOf(page, part)
  }

  /** Nothing is before the camera. */
  dark(): void {
    this.#roll(DARK)
  }

  /** What was held last, as it was then. */
  again(): void {
    this.#roll(this.#held)
  }

  #roll(lumas: readonly Buffer[]): void {
    const file = openSync(this.file, 'r+')
    writeSync(file, reel(lumas), 0, undefined, 0)
    closeSync(file)
  }
}

/** In the page: the sheet lies on a table, turned a few degrees; each frame has other grain. */
async function develop({ picture, width, height, frame }: { picture: string; width: number; height: number; frame: number }): Promise<string> {
  const image = new Image()
  image.src = `data:image/png;base64,${picture}`
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const pen = canvas.getContext('2d')!
  pen.fillStyle = '#6b5a45'
  pen.fillRect(0, 0, width, height)
  pen.translate(width / 2, height / 2)
  pen.rotate(0.09)
  const scale = Math.min((height * 0.92) / image.height, (width * 0.92) / image.width)
  pen.filter = 'blur(0.8px) brightness(0.85)'
  pen.drawImage(image, (-image.width * scale) / 2, (-image.height * scale) / 2, image.width * scale, image.height * scale)
  const { data } = pen.getImageData(0, 0, width, height)
  let seed = 7919 * (frame + 1)
  let luma = ''
  for (let i = 0; i < data.length; i += 4) {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    const grain = (seed % 31) - 15
    luma += String.fromCharCode(Math.max(16, Math.min(235, Math.round(0.299 * data[i]! + 0.587 * data[i + 1]! + 0.114 * data[i + 2]!) + grain)))
  }
  return luma
}
