/**
 * The page's side of the reader: starts its worker, hands it one picture at a time.
 */
import address from './reader.worker?worker&url'
import type { Heard } from './heard'
import { trusted } from '../ui/trusted'

export interface Reader {
  /** Resolves with what the picture holds; '' for nothing. */
  read(picture: ImageData): Promise<string>
  close(): void
}

/** Starts the reader. Rejects when its files are neither on this phone nor to be had. */
export async function startReader(): Promise<Reader> {
  const worker = new Worker(trusted('kith-reader', address) as string, { type: 'module' })
  let told: (text: string) => void = () => undefined
  try {
    await new Promise<void>((resolve, reject) => {
      worker.onerror = () => reject(new Error('the reader did not start'))
      worker.onmessage = ({ data }: MessageEvent<Heard>) => {
        if (data.kind === 'ready') resolve()
        else if (data.kind === 'failed') reject(new Error('the reader did not start'))
        else told(data.text)
      }
    })
  } catch (error) {
    worker.terminate()
    throw error
  }
  return {
    read(picture) {
      return new Promise((resolve) => {
        told = resolve
        worker.postMessage(picture, [picture.data.buffer])
      })
    },
    close: () => worker.terminate(),
  }
}
