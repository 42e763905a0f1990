/**
 * The effects of what is said of who came. As in overlay.ts, each shows what the server will most likely do; what another
 * phone says of the same is merged there (docs/protocol.md 8.1), and the rows that come back say what stands.
 */
import type { Draft, Effect } from '../overlay'
import type { Row } from '../types'
import { derived } from './derived'

const DAY = 10

function* rowsOf(draft: Draft, collection: string): Iterable<Row> {
  for (const id of [...draft.ids(collection)]) {
    const row = draft.get(collection, id)
    if (row) yield row
  }
}

/** A group that has begun to meet at half past keeps the register that it has of that day. */
function registerOf(draft: Draft, listing: string, occurrence: string): Row {
  const id = derived('register', listing, occurrence)
  const known = draft.get('registers', id)
  if (known) return known
  for (const row of rowsOf(draft, 'registers')) if (row.listing === listing && row.occurrence.slice(0, DAY) === occurrence.slice(0, DAY)) return row
  const row = { id, listing, occurrence, state: 'open', heads: 0, at: '' }
  draft.put('registers', row, [`host/${listing}`])
  return row
}

interface Saying {
  regular: string
  state?: string
  first?: boolean
  welcomed?: boolean
  introduced?: string
}

function mark(draft: Draft, register: Row, { regular, ...said }: Saying): void {
  const line = draft.get('regulars', regular)
  if (!line || line.listing !== register.listing) return
  if (line.ended && said.state === 'here') draft.put('regulars', { ...line, ended: false })
  const id = derived('mark', register.id, regular)
  const row = draft.get('marks', id) ?? { id, register: register.id, listing: register.listing, regular, state: 'none', first: false, welcomed: false, introduced: '' }
  draft.put('marks', { ...row, ...said }, [`host/${register.listing}`])
}

/** The line that somebody comes to: the one of their visit, the one of that id, or a new one. */
function lineOf(draft: Draft, { id, listing, occurrence, firstName, visit }: Record<string, string>): string {
  const said = visit ? draft.get('visits', visit) : undefined
  if (said?.regular && draft.get('regulars', said.regular)) return said.regular
  if (!draft.get('regulars', id!)) draft.put('regulars', { id: id!, listing, firstName, since: occurrence!.slice(0, DAY), ended: false }, [`host/${listing}`])
  if (said) draft.put('visits', { ...said, regular: id })
  return id!
}

function change(draft: Draft, id: string, columns: Partial<Row>): void {
  const line = draft.get('regulars', id)
  if (line) draft.put('regulars', { ...line, ...columns, id })
}

/** Two lines that are one person: what was said of either was said of one. */
function join(draft: Draft, id: string, as: string): void {
  const [line, into] = [draft.get('regulars', id), draft.get('regulars', as)]
  if (!line || !into || id === as) return
  for (const register of rowsOf(draft, 'registers')) {
    const one = draft.get('marks', derived('mark', register.id, id))
    if (!one) continue
    const other = draft.get('marks', derived('mark', register.id, as))
    if (!other || other.state === 'none') mark(draft, register, { regular: as, state: one.state, first: one.first, welcomed: one.welcomed, introduced: one.introduced })
    draft.drop('marks', one.id)
  }
  draft.drop('regulars', id)
}

export const registers: Record<string, Effect> = {
  'registers.mark'(draft, { listing, occurrence, marks }) {
    const register = registerOf(draft, listing, occurrence)
    for (const said of marks) mark(draft, register, said)
  },
  'registers.add'(draft, args) {
    const register = registerOf(draft, args.listing, args.occurrence)
    mark(draft, register, { regular: lineOf(draft, args), state: 'here', ...(args.first ? { first: true } : {}) })
  },
  'registers.count'(draft, { listing, occurrence, heads }) {
    draft.put('registers', { ...registerOf(draft, listing, occurrence), heads })
  },
  'registers.take'(draft, { listing, occurrence }, _me, now) {
    draft.put('registers', { ...registerOf(draft, listing, occurrence), state: 'taken', at: now.toISOString() })
  },
  'registers.open'(draft, { listing, occurrence }) {
    draft.put('registers', { ...registerOf(draft, listing, occurrence), state: 'open', at: '' })
  },
  'regulars.rename': (draft, { id, firstName }) => change(draft, id, { firstName }),
  'regulars.end': (draft, { id }) => change(draft, id, { ended: true }),
  'regulars.back': (draft, { id }) => change(draft, id, { ended: false }),
  'regulars.same': (draft, { id, as }) => join(draft, id, as),
}
