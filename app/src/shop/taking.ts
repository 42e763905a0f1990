/** Shops that take part, as everybody sees them: what they give, when they are open, and their chatty tables. */
import { searchable } from '../listings/search'
import type { Row } from '../sync'

export interface Taking {
  id: string
  name: string
  /** Of its place; '' for none. */
  place: string
  address: string
  perk: string
  chatty: string
  /** As its row has them (hours.ts): the list that everybody sees first does without. */
  hours: unknown
  /** What it is found by. */
  folded: string
}

/** By name. One whose stamps are plain is on no list, whoever looks: its owner and the desk hold its row, too. */
export function takingPart(shops: Iterable<Row>, places: ReadonlyMap<string, Row>): Taking[] {
  const shown = [...shops].filter((row) => row.status === 'active' && !row.plain)
  const all = shown.map((row): Taking => {
    const place = places.get(row.place)
    const [name, perk, chatty] = [String(row.name ?? ''), String(row.perk ?? ''), String(row.chatty ?? '')]
    const address = [place?.name === name ? '' : place?.name, place?.address, place?.postcode].filter(Boolean).join(', ')
    return { id: row.id, name, place: String(row.place ?? ''), address, perk, chatty, hours: row.hours, folded: searchable([name, address, perk, chatty]) }
  })
  return all.sort((a, b) => a.name.localeCompare(b.name))
}
