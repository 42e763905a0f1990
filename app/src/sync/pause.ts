/**
 * Giving the page its turn: long work on the main thread stops every few milliseconds, so that a tap is
 * answered while rows are read.
 */

/** How long work may go on before the page gets its turn. */
export const SLICE_MS = 12

/** Resolves after the page had its turn. setTimeout would add 4 ms each time; a message does not. */
export function pause(): Promise<void> {
  const scheduler = (globalThis as { scheduler?: { yield?: () => Promise<void> } }).scheduler
  if (scheduler?.yield) return scheduler.yield()
  return new Promise((resolve) => {
    const channel = new MessageChannel()
    channel.port1.onmessage = () => {
      channel.port1.close()
      resolve()
    }
    channel.port2.postMessage(null)
  })
}

/** Resolves once the page has nothing better to do, and after a second at the latest: for work that can wait. */
export function leisure(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(() => resolve(), { timeout: 1_000 })
    else setTimeout(resolve)
  })
}
