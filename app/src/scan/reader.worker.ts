/**
 * Reads square codes off pictures, away from the page's thread. The reader is ZXing in WebAssembly, served by
 * ourselves: its own default would ask another host.
 */
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import wasm from 'zxing-wasm/reader/zxing_reader.wasm?url'
import type { Heard } from './heard'

declare const self: DedicatedWorkerGlobalScope

const tell = (heard: Heard) => self.postMessage(heard)

prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true }).then(
  () => tell({ kind: 'ready' }),
  () => tell({ kind: 'failed' }),
)

self.addEventListener('message', async ({ data }: MessageEvent<ImageData>) => {
  try {
    const [found] = await readBarcodes(data, { formats: ['QRCode'], maxNumberOfSymbols: 1, tryHarder: true })
    tell({ kind: 'read', text: found?.text ?? '' })
  } catch {
    tell({ kind: 'read', text: '' })
  }
})
