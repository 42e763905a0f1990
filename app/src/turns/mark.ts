/** Whether several people share this device: read before anything of anybody's is opened. */
const MARK = 'kith/shared'

export function isShared(): boolean {
  try {
    return localStorage.getItem(MARK) === 'yes'
  } catch {
    return false // a browser that keeps nothing has nobody to keep apart
  }
}

export function markShared(): void {
  localStorage.setItem(MARK, 'yes')
}
