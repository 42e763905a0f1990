/**
 * Whether the browser may throw our storage away, and asking it not to.
 */

/** True when the browser has promised to keep our storage, or the app is installed. */
export async function isSafe(): Promise<boolean> {
  if (globalThis.matchMedia?.('(display-mode: standalone)').matches) return true
  return (await globalThis.navigator?.storage?.persisted?.().catch(() => false)) ?? false
}

/** Asks the browser to keep our storage; it may ask the person, or refuse. */
export async function askToStay(): Promise<boolean> {
  if (await isSafe()) return true
  return (await globalThis.navigator?.storage?.persist?.().catch(() => false)) ?? false
}
