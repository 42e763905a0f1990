/**
 * What a till can tell by itself of what it has taken: the same square again, and the caps that the community has set.
 * The server looks at it all again, with what other tills have taken.
 */
import { dayOf } from '../ui/dates'
import type { Kept } from './store'

/** As in communities.scheme; what is missing there is as here. */
export const DEFAULTS = {
  stampsPerDay: 2, minutesApart: 30, printedPerDay: 1, perTillHour: 60, uploadDays: 14, undoMinutes: 10, offlinePence: 500,
}
export type Rules = typeof DEFAULTS

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

export function rulesOf(scheme: unknown): Rules {
  const rules = { ...DEFAULTS }
  for (const [name, value] of Object.entries((scheme as Partial<Rules> | null) ?? {})) {
    if (name in rules && typeof value === 'number' && Number.isFinite(value)) rules[name as keyof Rules] = value
  }
  return rules
}

/** What is about to be taken. */
export type Wanted = Pick<Kept, 'act' | 'kind' | 'card' | 'proof' | 'voucher'>

export interface Here {
  till: string
  shop: string
  rules: Rules
  zone: string
  /** Milliseconds of the server's clock. */
  now: number
}

/** Those that nobody has taken back, and that the server hasn't refused. */
export function standing(records: readonly Kept[]): Kept[] {
  const undone = new Set(records.filter((one) => one.act === 'undo').map((one) => one.of))
  return records.filter((one) => one.act !== 'undo' && !undone.has(one.id) && !one.verdict?.startsWith('rejected'))
}

/** The code with which it is refused on the spot; null: it may be taken. */
export function refusalOf(wanted: Wanted, records: readonly Kept[], here: Here): string | null {
  // NB! Also of one that was taken back: the square is the same, and may be a picture by now.
  if (wanted.proof && records.some((one) => one.proof === wanted.proof)) return 'proof_replayed'
  const counted = standing(records)
  if (wanted.act === 'redeem') return counted.some((one) => one.act === 'redeem' && one.voucher === wanted.voucher) ? 'voucher_spent' : null
  const stamps = counted.filter((one) => one.act === 'stamp')
  return capOf(wanted, stamps.filter((one) => one.shop === here.shop && one.card === wanted.card), here) ?? (isBusy(stamps, here) ? 'till_busy' : null)
}

function capOf({ kind }: Wanted, stamps: readonly Kept[], { rules, zone, now }: Here): string | null {
  const today = dayOf(now, zone)
  const most = kind === 'phone' ? rules.stampsPerDay : Math.min(rules.printedPerDay, rules.stampsPerDay)
  if (stamps.filter((one) => dayOf(one.at, zone) === today).length >= most) return 'cap_day'
  return stamps.some((one) => Math.abs(now - one.at) < rules.minutesApart * MINUTE_MS) ? 'too_soon' : null
}

function isBusy(stamps: readonly Kept[], { till, rules, now }: Here): boolean {
  return stamps.filter((one) => one.till === till && now - one.at < HOUR_MS).length >= rules.perTillHour
}

/** Whether a stamp can still be taken back by the till that gave it. */
export function canUndo(record: Kept, records: readonly Kept[], { till, rules, now }: Pick<Here, 'till' | 'rules' | 'now'>): boolean {
  if (record.act !== 'stamp' || record.till !== till || now - record.at > rules.undoMinutes * MINUTE_MS) return false
  return standing(records).includes(record)
}

/** Where an entry of today's list stands. */
export type State = 'taken' | 'sent' | 'counted' | 'held' | 'refused' | 'undone'

export function stateOf(record: Kept, records: readonly Kept[]): State {
  if (record.act === 'stamp' && records.some((one) => one.act === 'undo' && one.of === record.id)) return 'undone'
  const { verdict } = record
  if (!verdict) return record.nonce ? 'sent' : 'taken'
  if (verdict.startsWith('held')) return 'held'
  return verdict.startsWith('rejected') ? 'refused' : 'counted'
}

/** The codes behind `held:` or `rejected:`. */
export function codesOf(record: Kept): string[] {
  return record.verdict?.split(':')[1]?.split(',').filter(Boolean) ?? []
}
