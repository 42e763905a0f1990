/** The code of a printed card, as somebody types it. */
import { plainCode } from '../device/code'

/** Eight letters, as they are sent; '' while there aren't that many, or one is none of Crockford's. */
export function wholeCode(typed: string): string {
  const plain = plainCode(typed)
  return /^[0-9A-HJKMNP-TV-Z]{8}$/.test(plain) ? plain : ''
}
