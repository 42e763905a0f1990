/** Whether several people share this device: read before anything of anybody's is opened. */
const MARK = 'kith/shared'

/** The database of who has a place here (slots.ts). */
export const PLACES = 'kith turns'

/**
 * The mark is quick to read. NB! Browsers write it down when they find time: a device that dies may forget it. The
 * database of its people is kept at once, and says the same.
 */
export async function isShared(): Promise<boolean> {
  try {
    return localStorage.getItem(MARK) === 'yes' || (await indexedDB.databases()).some(({ name }) => name === PLACES)
  } catch {
    return false // a browser that keeps nothing has nobody to keep apart
  }
}

export function markShared(): void {
  localStorage.setItem(MARK, 'yes')
}

export function unmarkShared(): void {
  localStorage.removeItem(MARK)
}

/** Another tab has said that this device is shared, or is not: this one begins anew, as what it is. */
export function followMark(): void {
  addEventListener('storage', ({ key }) => key === MARK && location.reload())
}
