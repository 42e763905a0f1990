/** An invite in plain text and as an address. No name of anybody is in it. */
import { invites as said } from '../words/invites'

/** The link that opens the app with the code behind `#`, which never reaches a server's log. */
export const linkOf = (origin: string, code: string): string => `${origin}/join#${code}`

/** The address to type by hand. */
export const typedAddress = (origin: string): string => `${origin.replace(/^https?:\/\//, '')}/join`

export interface Told {
  origin: string
  code: string
  community: string
  /** What it begins with in place of the invitation to the community. */
  title?: string
  /** The last day in words; '' when none is known. */
  until: string
}

/** Five short lines, for a message. */
export function plainText({ origin, code, community, until, title = said.text.title(community) }: Told): string {
  return [
    title, said.text.open, linkOf(origin, code), said.text.type(typedAddress(origin), code), until ? said.text.until(until) : '',
  ].filter(Boolean).join('\n')
}
