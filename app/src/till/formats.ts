/** The formats of the card, as a till uses them, with the keys and the list that this device keeps. */
import { check } from '../card/check'
import { readRevocations, setOf, signRecord, type CardSet, type Revocations } from '../card/tokens'
import type { Row } from '../sync'
import { concat } from '../sync/bytes'
import type { Formats, Look } from './taking'

export type Rows = (collection: string) => ReadonlyMap<string, Row>

/** Whose cards these are, and by which keys; the same object while the row is. */
const sets = new WeakMap<Row, CardSet>()
const lists = new WeakMap<Row, Promise<Revocations | null>>()

export function setFrom(rows: Rows): CardSet {
  const [community] = rows('communities').values()
  if (!community) return { issuer: '', keys: [] }
  let set = sets.get(community)
  if (!set) sets.set(community, (set = setOf(community.id, community.cardKeys)))
  return set
}

/** What counts no more; null: this device has no such list, or none that the community has signed. */
export function revokedOf(rows: Rows): Promise<Revocations | null> {
  const [row] = rows('revocations').values()
  if (!row) return Promise.resolve(null)
  let list = lists.get(row)
  if (!list) lists.set(row, (list = readRevocations(setFrom(rows), String(row.token ?? ''))))
  return list
}

export function formats(rows: Rows): Formats {
  return {
    sign: signRecord,
    async look(digits, now): Promise<Look> {
      const { code, card, proof, voucher } = await check(setFrom(rows), { revoked: await revokedOf(rows) }, digits, now)
      if (code !== 'ok' || !card) return { code, ...(card ? { card: card.sub } : {}) }
      return {
        square: {
          at: now,
          kind: card.key ? 'phone' : 'printed',
          card: card.sub,
          packed: proof ? concat(card.packed, proof.packed) : card.packed,
          ...(proof ? { proof: proof.id } : {}),
          ...(voucher ? { voucher } : {}),
        },
      }
    },
  }
}
