/** What a till wrote down and the server put aside, as its row has it. */
import type { Row } from '../sync'

/** By what the shop itself gains from: only a coordinator says yes to more than a card, a day or a till may have. */
const CAPS = ['cap_day', 'too_soon', 'till_busy']

export type Act = 'stamp' | 'redeem' | 'undo'

export function actOf({ act }: Row): Act {
  return act === 'redeem' || act === 'undo' ? act : 'stamp'
}

/** Its codes, each once, whether they come as a list or as words. */
export function codesOf({ codes }: Row): string[] {
  const all = Array.isArray(codes) ? codes.map(String) : String(codes ?? '').split(/[\s,]+/)
  return [...new Set(all.map((code) => code.replace(/^held:/, '')).filter(Boolean))]
}

export const forDeskOnly = (codes: readonly string[]): boolean => codes.some((code) => CAPS.includes(code))

/** The oldest first: it has waited the longest. */
export const inOrder = (reviews: Iterable<Row>): Row[] => [...reviews].sort((a, b) => String(a.at).localeCompare(String(b.at)) || a.id.localeCompare(b.id))
