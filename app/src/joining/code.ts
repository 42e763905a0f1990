/**
 * Reading an invite from a link, and the little that joining asks.
 */

/** The invite that a link brought behind `#`; '' when there is none or it can't be read. */
export function readCode(hash: string): string {
  try {
    return decodeURIComponent(hash).trim()
  } catch {
    return ''
  }
}

/** Enough letters to ask the server with; whether it is right only the server knows. */
export function isCode(code: string): boolean {
  return /^[0-9a-z]{6,40}$/i.test(code.replace(/[\s-]/g, ''))
}

/** A name may be empty here: an invite that was made for one person needs none, and only the server knows. */
export function isNameTooLong(name: string): boolean {
  return [...name.trim()].length > 40
}

/** What the person will know this device by in a list: the kind of thing it is, no more. */
export function deviceName(userAgent: string): string {
  if (/iPad|Tablet/i.test(userAgent)) return 'Tablet'
  if (/Mobi|Android|iPhone/i.test(userAgent)) return 'Phone'
  return 'Computer'
}
