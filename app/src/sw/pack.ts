/**
 * The pack: all that the worker keeps in one file, a tar made smaller by gzip, as the build writes it (build/pack.ts).
 * It is taken apart while it comes, so a signal that goes in the middle leaves what came before.
 */

/** A tar is blocks of 512 bytes: for each file one with its name and size, then its bytes, filled up with zeros. */
export const BLOCK = 512

/** Where in a file's first block these stand: an end that isn't part of it, as for `slice`. */
export const NAME = [0, 100] as const
export const SIZE = [124, 136] as const

/** What the server calls each kind of file (hooks/guard/static.go). The build packs no others. */
export const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml',
  webmanifest: 'application/manifest+json',
  woff2: 'font/woff2',
}

export interface Packed {
  address: string
  body: Uint8Array<ArrayBuffer>
}

/** The files of a pack in their order, each as soon as it is there. A pack that is cut, or none, fails at that place. */
export async function* takenApart(pack: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Packed, void> {
  const take = taker(pack.pipeThrough(new DecompressionStream('gzip')).getReader())
  for (;;) {
    const head = await take(BLOCK)
    if (!head[0]) return
    const size = parseInt(text(head, SIZE), 8)
    const body = await take(size)
    await take((BLOCK - (size % BLOCK)) % BLOCK)
    yield { address: addressOf(text(head, NAME)), body }
  }
}

/** `/index.html` is `/`. */
export function addressOf(name: string): string {
  return name === 'index.html' ? '/' : `/${name}`
}

function text(head: Uint8Array, [from, to]: readonly [number, number]): string {
  return new TextDecoder().decode(head.subarray(from, to)).replace(/\0.*/s, '')
}

/** Takes that many bytes of a stream, however it is cut into chunks. */
function taker(reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>): (size: number) => Promise<Uint8Array<ArrayBuffer>> {
  let rest = new Uint8Array(0)
  return async (size) => {
    const parts = [rest]
    let have = rest.length
    while (have < size) {
      const { done, value } = await reader.read()
      if (done) throw new Error('the pack is cut')
      parts.push(value)
      have += value.length
    }
    const all = parts.length === 1 ? rest : joined(parts, have)
    rest = all.subarray(size)
    return all.slice(0, size)
  }
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** The first 16 hex digits of the SHA-256, as the worker's list has them. */
export async function hashOf(body: Uint8Array<ArrayBuffer>): Promise<string> {
  const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', body))
  return Array.from(sum.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * The headers with which the server would send this file alone: those that all its answers have come with the pack
 * (what a page of ours may do depends on how the server is set up), and the rest says its address.
 */
export function headersOf(pack: Headers, address: string, hash: string): Headers {
  const headers = new Headers(pack)
  for (const name of ['Content-Encoding', 'Content-Length']) headers.delete(name)
  headers.set('Content-Type', TYPES[kindOf(address)]!)
  headers.set('ETag', `"${hash}"`)
  headers.set('Cache-Control', address.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache')
  return headers
}

export function kindOf(address: string): string {
  return address === '/' ? 'html' : address.slice(address.lastIndexOf('.') + 1)
}
