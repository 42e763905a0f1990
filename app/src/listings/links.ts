/** Safe links out of what people wrote. */

/** An http(s) address, also when it was written without `https://`; '' for anything else. */
export function webAddress(written: string): string {
  const text = written.trim()
  if (!text) return ''
  const address = /^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`
  try {
    const url = new URL(address)
    return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : ''
  } catch {
    return ''
  }
}

/** "example.org" for an address. */
export function hostOf(address: string): string {
  return address ? new URL(address).hostname.replace(/^www\./, '') : ''
}

/** `tel:` and the digits; a plus in front stays. The (0) after a country's code is for who dials without that. */
export function telephone(written: string): string {
  return `tel:${written.replace(/^(\s*(?:\+|00)[^(]*)\(\s*0\s*\)/, '$1').replace(/[^\d+]/g, '')}`
}
