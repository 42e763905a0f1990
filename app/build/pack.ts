/**
 * Writes the pack: every file that the worker keeps, in one (docs/adr/0026). A tar, so that `tar -tzf` says what is in
 * it, and gzip already here: plain it would make the binary larger than all the files do now.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { BLOCK, kindOf, NAME, SIZE, takenApart, TYPES } from '../src/sw/pack.ts'
import type { Kept } from './worker.ts'

/** Writes the pack of `files` under `folder` to `address`, takes it apart as a phone would, and compares. */
export async function writePack(folder: string, files: readonly Kept[], address: string): Promise<void> {
  const pack = packed(together(files).map(([address]) => ({ name: nameOf(address), body: readFileSync(join(folder, nameOf(address))) })))
  writeFileSync(join(folder, nameOf(address)), pack)
  const left = new Set(files.map(([address]) => address))
  for await (const file of takenApart(new Blob([pack]).stream() as ReadableStream<Uint8Array<ArrayBuffer>>)) {
    if (!readFileSync(join(folder, nameOf(file.address))).equals(file.body)) throw new Error(`${file.address} is another in the pack`)
    left.delete(file.address)
  }
  if (left.size > 0) throw new Error(`not in the pack: ${[...left].join(' ')}`)
}

/** The file that stands at this address. */
function nameOf(address: string): string {
  return address === '/' ? 'index.html' : address.slice(1)
}

/** Files of one kind beside each other: gzip looks back 32 kB. */
function together(files: readonly Kept[]): readonly Kept[] {
  return [...files].sort(([a], [b]) => kindOf(a).localeCompare(kindOf(b)))
}

export function packed(files: readonly { name: string; body: Uint8Array }[]): Uint8Array<ArrayBuffer> {
  const blocks = files.flatMap(({ name, body }) => [headOf(name, body.length), body, Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK)])
  return new Uint8Array(gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]), { level: 9 }))
}

/** The first block of a file, as `ustar` has it. */
function headOf(name: string, size: number): Buffer {
  if (!(kindOf(`/${name}`) in TYPES)) throw new Error(`the worker doesn't know what kind of file ${name} is: see TYPES in src/sw/pack.ts`)
  if (Buffer.byteLength(name) >= NAME[1]) throw new Error(`${name} is too long a name for the pack`)
  const head = Buffer.alloc(BLOCK)
  const put = (at: number, text: string) => head.write(text, at, 'latin1')
  put(NAME[0], name)
  put(100, '0000644')
  put(108, '0000000')
  put(116, '0000000')
  put(SIZE[0], size.toString(8).padStart(11, '0'))
  put(136, '00000000000')
  put(148, '        ') // what the sum is taken of has spaces in its place
  put(156, '0')
  put(257, 'ustar')
  put(263, '00')
  const sum = head.reduce((all, byte) => all + byte, 0)
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `)
  return head
}
