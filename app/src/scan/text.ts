/**
 * What a square code says, once it is read: one of our ways in, or something else.
 */
import { grouped, isWholeCode } from '../device/code'
import { scan as said } from '../words/scan'

/** The pages that a code may lead to: an invite, a recovery card, an offer to act for somebody. */
export type Door = 'join' | 'recover' | 'act'

/** A door with its code, or a sentence about what else it is. */
export type Scanned = { door: Door; code: string } | { wrong: string }

/**
 * Reads `text` as a link of this community, or as a bare code. `expected`: the door that a bare code is for.
 * Another community's invite is told from nonsense by its address.
 */
export function readScanned(text: string, expected: Door, origin: string): Scanned {
  if (isWholeCode(text)) return { door: expected, code: grouped(text) }
  let link: URL
  try {
    link = new URL(text)
  } catch {
    return { wrong: said.nothing }
  }
  const door = /^\/(join|recover|act)$/.exec(link.pathname)?.[1] as Door | undefined
  const code = readHash(link.hash)
  if (!door || !isWholeCode(code)) return { wrong: said.nothing }
  return link.origin === origin ? { door, code: grouped(code) } : { wrong: said.elsewhere(link.host) }
}

/**
 * Reads what somebody typed or pasted: a code, a link without its beginning, or a whole message with a link in it. null:
 * it is none of them, and half a code as a rule.
 */
export function readTyped(text: string, expected: Door, origin: string): Scanned | null {
  if (isWholeCode(text)) return { door: expected, code: grouped(text) }
  const link = /\S+#[^\s.,;:!?)\]}>"”’]+/.exec(text)?.[0]
  if (!link) return null
  return readScanned(/^https?:/i.test(link) ? link : `${new URL(origin).protocol}//${link}`, expected, origin)
}

function readHash(hash: string): string {
  try {
    return decodeURIComponent(hash.slice(1))
  } catch {
    return ''
  }
}
