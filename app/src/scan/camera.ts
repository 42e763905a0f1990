/**
 * The camera: opened on the far side of the phone, looked through a few times a second, and shut again.
 */
import type { Reader } from './reader'

/** Why there is no picture: nobody may look, there is nothing to look with, or something else holds it. */
export type CameraFault = 'refused' | 'absent' | 'busy'

/** What went wrong, by the names that browsers give it. */
export function faultOf(error: unknown): CameraFault {
  const name = (error as { name?: string } | null)?.name
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused'
  return name === 'NotReadableError' || name === 'AbortError' ? 'busy' : 'absent'
}

/** Opens the camera, on the far side unless somebody asks for the near one. Rejects with what `faultOf` understands. */
export async function openCamera(facingMode: 'environment' | 'user' = 'environment'): Promise<MediaStream> {
  // Not there at all on an address without HTTPS, nor in some apps that show web pages.
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException('no camera', 'NotFoundError')
  return navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode, width: { ideal: 1280 }, height: { ideal: 720 } } })
}

export function shut(camera: MediaStream | null): void {
  for (const track of camera?.getTracks() ?? []) track.stop()
}

/** Whether this camera has a lamp. */
export function hasTorch(camera: MediaStream): boolean {
  const abilities = camera.getVideoTracks()[0]?.getCapabilities?.() as { torch?: boolean } | undefined
  return abilities?.torch === true
}

/** Switches the lamp; a camera that won't is left as it is. */
export async function setTorch(camera: MediaStream, on: boolean): Promise<void> {
  const set = { advanced: [{ torch: on }] } as unknown as MediaTrackConstraints
  await camera.getVideoTracks()[0]?.applyConstraints(set).catch(() => undefined)
}

/** More pixels than this make a code no easier to read, and every picture slower. */
const MOST = 1280

/** The picture of the moment; null while there is none. */
export function pictureOf(video: HTMLVideoElement, canvas: HTMLCanvasElement): ImageData | null {
  const { videoWidth, videoHeight } = video
  const pen = canvas.getContext('2d', { willReadFrequently: true })
  if (!pen || videoWidth === 0) return null
  const scale = Math.min(1, MOST / Math.max(videoWidth, videoHeight))
  canvas.width = Math.round(videoWidth * scale)
  canvas.height = Math.round(videoHeight * scale)
  pen.drawImage(video, 0, 0, canvas.width, canvas.height)
  return pen.getImageData(0, 0, canvas.width, canvas.height)
}

/**
 * Looks until `stop`: one picture at a time, each with the next frame after the last was read. `rest`: so many
 * milliseconds between two, for a camera that stands all day.
 */
export async function look(video: HTMLVideoElement, reader: Reader, found: (text: string) => void, stop: AbortSignal, rest = 0): Promise<void> {
  const canvas = document.createElement('canvas')
  while (!stop.aborted) {
    await new Promise((resolve) => requestAnimationFrame(resolve))
    const picture = stop.aborted ? null : pictureOf(video, canvas)
    const text = picture ? await reader.read(picture) : ''
    if (text && !stop.aborted) found(text)
    if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest))
  }
}
