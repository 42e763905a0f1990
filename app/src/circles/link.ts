/** A circle's link in plain text, for WhatsApp and for reading out. Nobody's name and no place is in it but the circle's own. */
import { linkOf, typedAddress } from '../invites/text'
import { circles } from '../words/circles'

export interface Told {
  origin: string
  code: string
  circle: string
  /** The last day in words; '' when none is known. */
  until: string
}

export function plainText({ origin, code, circle, until }: Told): string {
  const said = circles.invite.text
  return [said.title(circle), said.what, said.open, linkOf(origin, code), said.type(typedAddress(origin), code), until ? said.until(until) : ''].filter(Boolean).join('\n')
}

/** Opens WhatsApp with the text, where somebody chooses to whom. */
export const whatsApp = (text: string): string => `https://wa.me/?text=${encodeURIComponent(text)}`
