/**
 * How many pictures of a card each reader reads: ours (ZXing in WebAssembly, asked as app/src/scan/reader.worker.ts asks
 * it) and jsQR, on the very same frames. A picture counts when all 513 digits are right.
 *
 *     node bench/decode.mjs [folder]
 *
 * Prints one JSON line; with a folder it leaves the frames there, to be looked at.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import { chance, digitsOf, frameOf, WAYS } from './frames.mjs'

const require = createRequire(import.meta.url)
const jsQR = require('jsqr')
const PICTURES = 4

await prepareZXingModule({ overrides: { wasmBinary: readFileSync(require.resolve('zxing-wasm/reader/zxing_reader.wasm')) }, fireImmediately: true })

const readers = {
  zxing: async (frame) => (await readBarcodes(frame, { formats: ['QRCode'], maxNumberOfSymbols: 1, tryHarder: true }))[0]?.text ?? '',
  jsqr: async ({ data, width, height }) => jsQR(data, width, height)?.data ?? '',
}

const folder = process.argv[2]
const random = chance(20_260_601)
const ways = []
const ms = { zxing: [], jsqr: [] }
for (const [way, steps] of Object.entries(WAYS)) {
  const read = { way, frames: 0, zxing: 0, jsqr: 0 }
  for (const [step, how] of steps.entries()) {
    for (let picture = 0; picture < PICTURES; picture++) {
      const digits = digitsOf(random)
      const frame = frameOf(digits, how, random)
      if (folder && picture === 0) writeFileSync(join(folder, `${way.replace(' ', '-')}-${step}.pgm`), picture2pgm(frame))
      read.frames++
      for (const [name, reader] of Object.entries(readers)) {
        const began = performance.now()
        if ((await reader(frame)) === digits) read[name]++
        ms[name].push(performance.now() - began)
      }
    }
  }
  ways.push(read)
}

const total = (what) => ways.reduce((sum, way) => sum + way[what], 0)
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]
console.log(JSON.stringify({ frames: total('frames'), zxing: total('zxing'), jsqr: total('jsqr'), zxingMs: median(ms.zxing), jsqrMs: median(ms.jsqr), ways }))

function picture2pgm({ data, width, height }) {
  const grey = Buffer.alloc(width * height)
  for (let at = 0; at < grey.length; at++) grey[at] = data[at * 4]
  return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), grey])
}
