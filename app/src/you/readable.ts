/**
 * What the server knows about somebody, made readable: from the export's own words and rows.
 */
import { dayOf, dayWords } from '../ui/dates'

/** The answer of /api/export. */
export interface Export {
  community: string
  at: string
  member: string
  kept: { what: string; why: string; kept: string; rows: Record<string, unknown>[] }[]
  withheld: { what: string; why: string }[]
}

/** Columns that name other rows or are the machine's own: they are in the file, and say nothing on paper. */
const DULL = /^(id|member|helper|by|about|consent|listing|shop|blocked|recordedBy|endedBy|openedBy|confirmedBy|thumbprint|key|nonce|stream|collectionId|collectionName|updated)$/

/** One row as lines of "what: value"; what is empty is left out. */
export function linesOf(row: Record<string, unknown>, zone: string, today: string): [label: string, value: string][] {
  return Object.entries(row)
    .filter(([name]) => !DULL.test(name))
    .map(([name, value]): [string, string] => [labelOf(name), valueOf(value, zone, today)])
    .filter(([, value]) => value !== '')
}

/** "firstName" → "First name". */
function labelOf(name: string): string {
  const spaced = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
  return spaced.charAt(0).toUpperCase() + spaced.slice(1)
}

function valueOf(value: unknown, zone: string, today: string): string {
  if (typeof value === 'boolean') return value ? 'yes' : ''
  if (typeof value === 'number') return value === 0 ? '' : String(value)
  if (Array.isArray(value)) return value.map((one) => valueOf(one, zone, today)).filter(Boolean).join(', ')
  if (typeof value !== 'string') return value ? JSON.stringify(value) : ''
  // PocketBase writes a space where RFC 3339 has a T.
  const stamp = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d/.test(value) ? Date.parse(value.replace(' ', 'T')) : NaN
  if (/^\d{4}-\d\d-\d\d$/.test(value)) return dayWords(value, today)
  return Number.isNaN(stamp) ? value : dayWords(dayOf(stamp, zone), today)
}
