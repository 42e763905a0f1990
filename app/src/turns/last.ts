/**
 * What a turn on a shared device must still do before it ends: whoever has something on its way to the outbox puts it
 * here, and it is waited for, however the turn ends.
 */
export const last = new Set<() => Promise<unknown>>()

export async function doLast(): Promise<void> {
  await Promise.allSettled([...last].map((work) => work()))
}
