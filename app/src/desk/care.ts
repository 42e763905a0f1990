/**
 * What a community has set for looking after people: whom to ring, and how long things may wait. The bounds are those of
 * internal/care, so that a mistake is told where it is made.
 */
import type { Row } from '../sync'
import { isPhone } from '../ui/phone'

export const TEXTS = ['councilName', 'councilPhone', 'urgentName', 'urgentPhone', 'outOfHours', 'surgeryName', 'surgeryPhone'] as const
export const NUMBERS = ['amberDays', 'redDays', 'unsentMinutes', 'escalateMinutes', 'phoneListMinutes', 'perHour', 'perDay'] as const
export type TextName = (typeof TEXTS)[number]
export type NumberName = (typeof NUMBERS)[number]

export type Settings = Record<TextName, string> & Record<NumberName, number>

const DEFAULTS: Record<NumberName, number> = { amberDays: 1, redDays: 2, unsentMinutes: 5, escalateMinutes: 10, phoneListMinutes: 20, perHour: 3, perDay: 10 }

/** The least and the most that a number may be. */
export const BOUNDS: Record<NumberName, [least: number, most: number]> = {
  amberDays: [1, 10], redDays: [1, 20], unsentMinutes: [1, 60], escalateMinutes: [5, 120], phoneListMinutes: [10, 240], perHour: [1, 20], perDay: [1, 50],
}
const LONGEST: Record<TextName, number> = { councilName: 120, councilPhone: 24, urgentName: 120, urgentPhone: 24, outOfHours: 500, surgeryName: 120, surgeryPhone: 24 }

/** With every part, whatever the community's row has. */
export function settingsOf(row: Row | undefined): Settings {
  const said: Record<string, unknown> = typeof row?.care === 'object' && row.care ? row.care : {}
  const texts = TEXTS.map((name) => [name, typeof said[name] === 'string' ? said[name] : ''])
  const numbers = NUMBERS.map((name) => [name, Number.isInteger(said[name]) ? said[name] : DEFAULTS[name]])
  return Object.fromEntries([...texts, ...numbers]) as Settings
}

export type Wrong = { field: TextName | NumberName; why: 'phone' | 'long' | 'bounds' | 'redFirst' | 'dayLess' | 'listFirst' }

/** What can't be so, in the order of the form. */
export function wrongIn(settings: Settings): Wrong[] {
  const found: Wrong[] = []
  for (const field of TEXTS) {
    const text = settings[field].trim()
    if ([...text].length > LONGEST[field]) found.push({ field, why: 'long' })
    else if (field.endsWith('Phone') && text !== '' && !isPhone(text, 'line')) found.push({ field, why: 'phone' })
  }
  for (const field of NUMBERS) {
    const [least, most] = BOUNDS[field]
    const value = settings[field]
    if (!Number.isInteger(value) || value < least || value > most) found.push({ field, why: 'bounds' })
  }
  if (found.some(({ why }) => why === 'bounds')) return found
  if (settings.redDays < settings.amberDays) found.push({ field: 'redDays', why: 'redFirst' })
  if (settings.perDay < settings.perHour) found.push({ field: 'perDay', why: 'dayLess' })
  if (settings.phoneListMinutes <= settings.escalateMinutes) found.push({ field: 'phoneListMinutes', why: 'listFirst' })
  return found
}

/** What differs, and so has to be sent. */
export function changed(before: Settings, after: Settings): Partial<Settings> {
  const names = [...TEXTS, ...NUMBERS].filter((name) => before[name] !== after[name])
  return Object.fromEntries(names.map((name) => [name, after[name]]))
}
