/** When the server's word about a till ends, in milliseconds; 0: it can't be read. */
export const endOf = (token: string): number => Number(said(token).exp ?? 0) * 1000

/** Whether a till may take anything at that time. One whose word has run out asks for another, and goes on. */
export const mayTake = ({ token, ended }: { token: string; ended: boolean }, now: number): boolean => !ended && endOf(token) > now

/**
 * What a token of the server's says; part 0: by which key. NB! Not verified: it came as a row, from the server itself, by the same way as the
 * keys that it would be verified with.
 */
export function said(token: unknown, part: 0 | 1 = 1): any {
  try {
    const text = String(token).split('.')[part] ?? ''
    const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
    return JSON.parse(new TextDecoder().decode(bytes)) ?? {}
  } catch {
    return {}
  }
}
