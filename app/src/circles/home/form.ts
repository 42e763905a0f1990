/** The home of a circle's person, as the form has it, and what must be mended before it is saved. */
import type { Row } from '../../sync'
import { isPhone, tidyPhone } from '../../ui/phone'

export interface Home {
  address: string
  door: string
  ringName: string
  ringPhone: string
}

/** Characters of each, as the server takes them. */
const LONGEST = { address: 200, door: 120, ringName: 60 } as const

export type Mistaken = 'address' | 'addressLong' | 'doorLong' | 'ringName' | 'ringNameLong' | 'ringPhone' | 'ringPhoneWrong'

export const homeOf = (row: Row | undefined): Home => ({ address: String(row?.address ?? ''), door: String(row?.door ?? ''), ringName: String(row?.ringName ?? ''), ringPhone: String(row?.ringPhone ?? '') })

/** As it is sent: nothing at the ends, and the number as one writes it. */
export const tidied = ({ address, door, ringName, ringPhone }: Home): Home => ({ address: address.trim(), door: door.trim(), ringName: ringName.trim(), ringPhone: tidyPhone(ringPhone) })

/** The first mistake of each field, in the order of the form. A name without a number rings nobody, and a number without a name nobody dares to. */
export function mistakesOf(home: Home): [field: keyof Home, what: Mistaken][] {
  const { address, door, ringName, ringPhone } = tidied(home)
  const long = (text: string, most: number) => [...text].length > most
  const found: [keyof Home, Mistaken][] = []
  if (address === '') found.push(['address', 'address'])
  else if (long(address, LONGEST.address)) found.push(['address', 'addressLong'])
  if (long(door, LONGEST.door)) found.push(['door', 'doorLong'])
  if (ringName === '' && ringPhone !== '') found.push(['ringName', 'ringName'])
  else if (long(ringName, LONGEST.ringName)) found.push(['ringName', 'ringNameLong'])
  if (ringPhone === '' && ringName !== '') found.push(['ringPhone', 'ringPhone'])
  else if (ringPhone !== '' && !isPhone(ringPhone, 'person')) found.push(['ringPhone', 'ringPhoneWrong'])
  return found
}

const KEYS = ['address', 'door', 'ringName', 'ringPhone'] as const

export const isSame = (one: Home, other: Home): boolean => KEYS.every((key) => one[key] === other[key])

/** The form when the row was `before` and is `now`. A field that nobody has touched takes what came: the row may come after the page, and somebody else may change it meanwhile. */
export const filled = (form: Home, before: Home, now: Home): Home => {
  const of = (key: keyof Home): string => (form[key] === before[key] ? now[key] : form[key])
  return { address: of('address'), door: of('door'), ringName: of('ringName'), ringPhone: of('ringPhone') }
}
