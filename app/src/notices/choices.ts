/**
 * How somebody wants to be told: what stands where they have chosen nothing, what may be chosen, and times in words.
 */
import type { Row } from '../sync'

export const KINDS = ['task', 'notice', 'loyalty', 'account'] as const
export type Kind = (typeof KINDS)[number]
export type Way = 'now' | 'digest' | 'inbox'
export const TIMES = ['quietFrom', 'quietUntil', 'digestAt'] as const

export interface Choices extends Record<Kind, Way>, Record<(typeof TIMES)[number], string> {
  /** IANA; '' is the community's. */
  zone: string
  email: boolean
}

/** What stands until somebody chooses (internal/notice). */
export const CHOICES: Choices = { zone: '', quietFrom: '21:00', quietUntil: '08:00', digestAt: '17:00', loyalty: 'digest', notice: 'now', task: 'now', account: 'now', email: false }

/** What must not wait until evening can't be gathered. */
export const waysOf = (kind: Kind): Way[] => (kind === 'task' || kind === 'account' ? ['now', 'inbox'] : ['now', 'digest', 'inbox'])

export function choicesOf(row: Row | undefined): Choices {
  const known = Object.entries(row ?? {}).filter(([column, value]) => column in CHOICES && (value !== '' || column === 'zone'))
  return { ...CHOICES, ...Object.fromEntries(known) }
}

const two = (value: number): string => String(value).padStart(2, '0')

/** Whether whoever has these roles looks into concerns, and is written to when one is urgent. */
export const responds = (roles: readonly string[]): boolean => roles.includes('coach') || roles.includes('coordinator')

/** Every half hour, and `chosen` where that is another. */
export function timesWith(chosen: string): string[] {
  const halves = Array.from({ length: 48 }, (_, at) => `${two(Math.floor(at / 2))}:${at % 2 ? '30' : '00'}`)
  return halves.includes(chosen) ? halves : [...halves, chosen].sort()
}
