/**
 * Pictures of a card's square code as a till's camera sees it on a bad day, the same in every run: a code is drawn into
 * a grey frame of 640 × 480 by following each pixel back to the card, sixteen times, and then spoilt.
 */
import { encode } from 'uqr'

const WIDTH = 640
const HEIGHT = 480
const SAMPLES = 4

/** What a phone shows (docs/protocol.md): 213 bytes as a number of 513 digits. */
const BYTES = 213

/** Numbers that look like chance and are the same every time (mulberry32). */
export function chance(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** Of mean 0 and deviation 1. */
const bell = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** The digits of a card with its proof, by their length. */
export function digitsOf(random) {
  let hex = '01'
  for (let at = 1; at < BYTES; at++) hex += Math.floor(random() * 256).toString(16).padStart(2, '0')
  return BigInt(`0x${hex}`).toString().padStart(Math.ceil(BYTES * 8 * Math.log10(2)), '0')
}

/** Each way to be hard to read, from easy to hopeless; the rest of such a picture is as a phone in a hand is. */
const USUAL = { pixels: 4.2, blur: 0.7, tilt: 6, light: 1, noise: 4 }
export const WAYS = {
  blur: [1, 1.4, 1.8, 2.2, 2.6, 3].map((blur) => ({ ...USUAL, blur })),
  tilt: [15, 25, 35, 45, 52, 58].map((tilt) => ({ ...USUAL, tilt })),
  'low light': [0.5, 0.35, 0.25, 0.17, 0.11, 0.07].map((light) => ({ ...USUAL, light, noise: 9 })),
  small: [3.2, 2.6, 2.2, 1.9, 1.6, 1.35].map((pixels) => ({ ...USUAL, pixels, blur: 0.5 })),
}

/** A grey frame with the code of `digits` in it. */
export function frameOf(digits, { pixels, blur, tilt, light, noise }, random) {
  const code = encode(digits, { ecc: 'M', border: 4 })
  const back = camera(code.size, pixels, tilt, random)
  const grey = new Float32Array(WIDTH * HEIGHT)
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) grey[y * WIDTH + x] = seen(code, back, x, y)
  }
  const soft = blurred(grey, blur)
  const floor = 12 + 10 * random()
  const data = new Uint8ClampedArray(WIDTH * HEIGHT * 4)
  for (let at = 0; at < grey.length; at++) {
    // A lamp at one side, as over a counter.
    const lamp = 0.82 + 0.36 * ((at % WIDTH) / WIDTH - 0.5)
    const value = floor + 225 * light * lamp * soft[at] + noise * bell(random)
    data.fill(value, at * 4, at * 4 + 3)
    data[at * 4 + 3] = 255
  }
  return { data, width: WIDTH, height: HEIGHT, colorSpace: 'srgb' }
}

/** From a pixel back to the card: turned a little in the hand, and tilted away from the camera. */
function camera(size, pixels, tilt, random) {
  const turn = ((random() - 0.5) * 24 * Math.PI) / 180
  const lean = (tilt * Math.PI) / 180
  const across = random() < 0.5
  const far = size * 2.6
  const shift = { x: (random() - 0.5) * 40, y: (random() - 0.5) * 30 }
  return (px, py) => {
    const sx = (px - WIDTH / 2 - shift.x) / (pixels * far)
    const sy = (py - HEIGHT / 2 - shift.y) / (pixels * far)
    const [a, b] = across ? [sx, sy] : [sy, sx]
    // A plane that leans by `lean` about one axis, seen from `far` in front of its middle.
    const depth = far / (Math.cos(lean) - a * Math.sin(lean))
    const [u, v] = [a * depth, b * depth * Math.cos(lean)]
    const [x, y] = across ? [u, v] : [v, u]
    return [x * Math.cos(turn) - y * Math.sin(turn) + size / 2, x * Math.sin(turn) + y * Math.cos(turn) + size / 2]
  }
}

function seen(code, back, x, y) {
  let light = 0
  for (let sy = 0; sy < SAMPLES; sy++) {
    for (let sx = 0; sx < SAMPLES; sx++) {
      const [u, v] = back(x + (sx + 0.5) / SAMPLES, y + (sy + 0.5) / SAMPLES)
      const inside = u >= 0 && v >= 0 && u < code.size && v < code.size
      // Beyond the white of the screen there is the phone, and beyond that the shop.
      light += inside ? (code.data[Math.floor(v)][Math.floor(u)] ? 0.03 : 1) : Math.abs(u - code.size / 2) < code.size * 0.56 && Math.abs(v - code.size / 2) < code.size * 0.8 ? 0.1 : 0.45
    }
  }
  return light / (SAMPLES * SAMPLES)
}

/** A Gaussian, one way and then the other. */
function blurred(grey, sigma) {
  const reach = Math.ceil(sigma * 3)
  const weights = Array.from({ length: 2 * reach + 1 }, (_, at) => Math.exp(-((at - reach) ** 2) / (2 * sigma * sigma)))
  const sum = weights.reduce((a, b) => a + b)
  const pass = (from, step, limit, place) => {
    const to = new Float32Array(from.length)
    for (let at = 0; at < from.length; at++) {
      let value = 0
      for (let k = -reach; k <= reach; k++) {
        const along = Math.min(limit - 1, Math.max(0, place(at) + k))
        value += weights[k + reach] * from[at + (along - place(at)) * step]
      }
      to[at] = value / sum
    }
    return to
  }
  return pass(pass(grey, 1, WIDTH, (at) => at % WIDTH), WIDTH, HEIGHT, (at) => Math.floor(at / WIDTH))
}
