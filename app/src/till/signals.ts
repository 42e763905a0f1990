/** What a till lets be heard and felt, so that nobody has to look at it: a short high tone for yes, a low one for no. */
import type { Choices } from './store'

export type Signal = 'yes' | 'no' | 'ask'

const TONES: Record<Signal, readonly [hertz: number, from: number, seconds: number][]> = {
  yes: [[880, 0, 0.09], [1320, 0.1, 0.12]],
  no: [[220, 0, 0.28]],
  ask: [[660, 0, 0.12]],
}
const PULSES: Record<Signal, number[]> = { yes: [60], no: [90, 70, 90], ask: [40] }

let speaker: AudioContext | null = null

/** Browsers let a page be heard only after a tap: called with one. */
export function wake(): void {
  try {
    speaker ??= new AudioContext()
    void speaker.resume().catch(() => undefined)
  } catch {
    // A browser without sound: what is shown says it all.
  }
}

export function signal(what: Signal, { sound, vibration }: Choices): void {
  if (vibration) navigator.vibrate?.(PULSES[what])
  if (!sound || speaker?.state !== 'running') return
  for (const [hertz, from, seconds] of TONES[what]) play(speaker, hertz, from, seconds)
}

function play(on: AudioContext, hertz: number, from: number, seconds: number): void {
  const at = on.currentTime + from
  const tone = on.createOscillator()
  const loud = on.createGain()
  tone.frequency.value = hertz
  // Swells and fades: a tone that begins at once clicks.
  loud.gain.setValueAtTime(0, at)
  loud.gain.linearRampToValueAtTime(0.25, at + 0.01)
  loud.gain.linearRampToValueAtTime(0, at + seconds)
  tone.connect(loud).connect(on.destination)
  tone.start(at)
  tone.stop(at + seconds)
}
