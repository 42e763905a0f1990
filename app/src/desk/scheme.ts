/**
 * The loyalty scheme at the desk: what the community has set (the bounds are those of the server, so that a mistake is
 * told where it is made), rewards that several shops pay together, and what shops owe each other.
 */
import type { Row } from '../sync'
import { csvOf } from '../ui/csv'

export const NUMBERS = ['stampsPerDay', 'minutesApart', 'printedPerDay', 'perTillHour', 'undoMinutes', 'uploadDays', 'offlinePence', 'voucherDays', 'cardDays', 'printedDays'] as const
export type NumberName = (typeof NUMBERS)[number]
export type Settings = Record<NumberName, number>

const DEFAULTS: Settings = { stampsPerDay: 2, minutesApart: 30, printedPerDay: 1, perTillHour: 60, undoMinutes: 10, uploadDays: 14, offlinePence: 500, voucherDays: 60, cardDays: 90, printedDays: 365 }

/** The least and the most that a number may be. */
export const BOUNDS: Record<NumberName, [least: number, most: number]> = {
  stampsPerDay: [1, 5], minutesApart: [0, 240], printedPerDay: [1, 3], perTillHour: [10, 300], undoMinutes: [1, 30], uploadDays: [1, 30],
  offlinePence: [0, 2_000], voucherDays: [5, 180], cardDays: [30, 180], printedDays: [90, 730],
}

/** How long a card or a voucher lasts is written on it in steps of five days. */
const STEP: Partial<Settings> = { voucherDays: 5, cardDays: 5, printedDays: 5 }

/** With every part, whatever the community's row has. */
export function settingsOf(row: Row | undefined): Settings {
  const said: Record<string, unknown> = typeof row?.scheme === 'object' && row.scheme ? row.scheme : {}
  return Object.fromEntries(NUMBERS.map((name) => [name, Number.isInteger(said[name]) ? said[name] : DEFAULTS[name]])) as Settings
}

export type WrongSetting = { field: NumberName; why: 'bounds' | 'step' | 'paper' }

/** What can't be so, in the order of the form. */
export function wrongIn(settings: Settings): WrongSetting[] {
  const found = NUMBERS.flatMap((field): WrongSetting[] => {
    const [least, most] = BOUNDS[field]
    const value = settings[field]
    if (!Number.isInteger(value) || value < least || value > most) return [{ field, why: 'bounds' }]
    return value % (STEP[field] ?? 1) === 0 ? [] : [{ field, why: 'step' }]
  })
  if (found.length === 0 && settings.printedPerDay > settings.stampsPerDay) found.push({ field: 'printedPerDay', why: 'paper' })
  return found
}

/** What differs, and so has to be sent. */
export function changed(before: Settings, after: Settings): Partial<Settings> {
  return Object.fromEntries(NUMBERS.filter((name) => before[name] !== after[name]).map((name) => [name, after[name]]))
}

/** Whole pounds and pence as somebody types them: "5", "2.50", "£3". NaN for anything else. */
export function penceOf(typed: string): number {
  const [, pounds = '', pence = '00'] = /^£?\s*(\d{1,4})(?:\.(\d\d))?$/.exec(typed.trim()) ?? []
  return pounds ? Number(pounds) * 100 + Number(pence) : Number.NaN
}

/** "2.50". */
export const poundsOf = (pence: number): string => (pence / 100).toFixed(2)

/** One shop where a reward can be had, and its part of what that costs; 0: it pays nothing. */
export interface Share {
  shop: string
  share: number
}

/** As its form has it. */
export interface Reward {
  title: string
  text: string
  stamps: string
  worth: string
  /** By shop; '' for one where it can't be had. */
  shares: Record<string, string>
}

export const sharesOf = (row: Row | undefined): Share[] =>
  Array.isArray(row?.shops) ? row.shops.map((one: any): Share => ({ shop: String(one?.shop ?? ''), share: Number(one?.share) || 0 })).filter(({ shop }) => shop) : []

export function rewardOf(row: Row | undefined): Reward {
  return {
    title: String(row?.title ?? ''), text: String(row?.text ?? ''), stamps: row ? String(row.stamps ?? '') : '', worth: row ? poundsOf(Number(row.pence) || 0) : '',
    shares: Object.fromEntries(sharesOf(row).map(({ shop, share }) => [shop, String(share)])),
  }
}

export const REWARD_BOUNDS = { title: 60, text: 300, stamps: [1, 100], pence: [0, 5_000], shops: 20 } as const

/** How much of a hundred is paid for; NaN while a part of it is no number. */
export const sumOf = (shares: Record<string, string>): number => Object.values(shares).reduce((sum, typed) => sum + Number(typed), 0)

/** The same for each, and the first ones take what is left over: 34, 33, 33. */
export function evenly(shops: readonly string[]): Record<string, string> {
  const each = Math.floor(100 / Math.max(1, shops.length))
  return Object.fromEntries(shops.map((shop, at) => [shop, String(each + (at < 100 - each * shops.length ? 1 : 0))]))
}

export type WrongReward = { field: 'title' | 'text' | 'stamps' | 'worth' | 'shares'; why: 'title' | 'text' | 'stamps' | 'worth' | 'whole' | 'sum' | 'many' }

/** What can't be so, in the order of the form. */
export function wrongInReward({ title, text, stamps, worth, shares }: Reward): WrongReward[] {
  const found: WrongReward[] = []
  const letters = (value: string) => [...value.trim()].length
  const within = (value: number, [least, most]: readonly [number, number]) => Number.isInteger(value) && value >= least && value <= most
  if (letters(title) < 1 || letters(title) > REWARD_BOUNDS.title) found.push({ field: 'title', why: 'title' })
  if (letters(text) > REWARD_BOUNDS.text) found.push({ field: 'text', why: 'text' })
  if (!within(stamps.trim() ? Number(stamps) : Number.NaN, REWARD_BOUNDS.stamps)) found.push({ field: 'stamps', why: 'stamps' })
  if (!within(penceOf(worth), REWARD_BOUNDS.pence)) found.push({ field: 'worth', why: 'worth' })
  const parts = Object.values(shares).filter((typed) => typed.trim()).map(Number)
  if (parts.some((part) => !Number.isInteger(part) || part < 0)) found.push({ field: 'shares', why: 'whole' })
  else if (parts.length > REWARD_BOUNDS.shops) found.push({ field: 'shares', why: 'many' })
  else if (sumOf(shares) !== 100) found.push({ field: 'shares', why: 'sum' })
  return found
}

/** The columns of a reward, from a form without a mistake. */
export function columnsOf({ title, text, stamps, worth, shares }: Reward): { title: string; text: string; stamps: number; pence: number; shops: Share[] } {
  const shops = Object.entries(shares).filter(([, typed]) => typed.trim()).map(([shop, typed]): Share => ({ shop, share: Number(typed) }))
  return { title: title.trim(), text: text.trim(), stamps: Number(stamps), pence: penceOf(worth), shops: shops.sort((a, b) => (a.shop < b.shop ? -1 : 1)) }
}

/** What differs from what is there. */
export function changedIn(row: Row, next: ReturnType<typeof columnsOf>): Partial<ReturnType<typeof columnsOf>> {
  const before = columnsOf(rewardOf(row))
  return Object.fromEntries(Object.entries(next).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name as keyof typeof before])))
}

/** What one shop owes another for one reward in one month. */
export interface Owed {
  id: string
  month: string
  payer: string
  payee: string
  reward: string
  count: number
  pence: number
}

export interface Names {
  shop: (id: string) => string
  reward: (id: string) => string
}

/** With names for ids, the newest month first. What a shop owes itself is nothing to settle. */
export function owedOf(rows: Iterable<Row>, names: Names): Owed[] {
  const lines = Array.from(rows, (row): Owed & { self: boolean } => ({
    id: row.id, month: String(row.month), payer: names.shop(row.payer), payee: names.shop(row.payee), reward: names.reward(row.reward),
    count: Number(row.count) || 0, pence: Number(row.pence) || 0, self: row.payer === row.payee,
  }))
  const key = ({ payer, payee, reward }: Owed) => `${payer}/${payee}/${reward}`
  const sorted = lines.filter(({ self, pence }) => !self && pence > 0).sort((a, b) => b.month.localeCompare(a.month) || key(a).localeCompare(key(b)))
  return sorted.map(({ self: _self, ...line }) => line)
}

export const monthsOf = (owed: readonly Owed[]): string[] => [...new Set(owed.map(({ month }) => month))]

export interface SettlementWords {
  payer: string
  payee: string
  month: string
  reward: string
  count: string
  pounds: string
}

/** For a spreadsheet: a line for each. */
export function settlementsCsv(owed: readonly Owed[], words: SettlementWords): string {
  const head = [words.payer, words.payee, words.month, words.reward, words.count, words.pounds]
  return csvOf([head, ...owed.map(({ payer, payee, month, reward, count, pence }) => [payer, payee, month, reward, String(count), poundsOf(pence)])])
}

/** Who has to pay whom in one month, all rewards together. */
export function netOf(owed: readonly Owed[]): { payer: string; payee: string; pence: number }[] {
  const pairs = new Map<string, { payer: string; payee: string; pence: number }>()
  for (const { payer, payee, pence } of owed) {
    const [a, b] = [payer, payee].sort() as [string, string]
    const pair = pairs.get(`${a}/${b}`) ?? { payer: a, payee: b, pence: 0 }
    pair.pence += payer === a ? pence : -pence
    pairs.set(`${a}/${b}`, pair)
  }
  const turned = [...pairs.values()].map(({ payer, payee, pence }) => (pence < 0 ? { payer: payee, payee: payer, pence: -pence } : { payer, payee, pence }))
  return turned.filter(({ pence }) => pence > 0).sort((a, b) => b.pence - a.pence)
}
