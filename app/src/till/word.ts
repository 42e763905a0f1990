/**
 * What a token of the server's says. NB! Not verified: it came as a row, from the server itself, by the same way as the
 * keys that it would be verified with.
 */
export function said(token: unknown): any {
  try {
    const part = String(token).split('.')[1] ?? ''
    const bytes = Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
    return JSON.parse(new TextDecoder().decode(bytes)) ?? {}
  } catch {
    return {}
  }
}
