/** One helpline in its form: what is wrong with it, and what was changed. The bounds are those of hooks/listening. */
import type { Row } from '../sync'
import { isPhone, tidyPhone } from '../ui/phone'

const TEXTS = ['topic', 'name', 'phone', 'text', 'hours', 'url', 'area'] as const
const LONGEST = { name: 120, text: 120, hours: 300, area: 120 }

/** As it is typed: the order is text, too. */
export type Line = Record<(typeof TEXTS)[number] | 'order', string>

export function lineOf(row: Row | undefined): Line {
  const texts = TEXTS.map((name) => [name, String(row?.[name] ?? '')])
  const line = Object.fromEntries([...texts, ['order', String(row?.order ?? 0)]]) as Line
  return { ...line, topic: line.topic || 'crisis' }
}

export interface WrongLine {
  field: keyof Line
  why: 'nameWrong' | 'phone' | 'noNumber' | 'urlWrong' | 'orderWrong' | 'long'
}

export function wrongInLine(line: Line): WrongLine[] {
  const found: WrongLine[] = []
  const tooLong = (Object.keys(LONGEST) as (keyof typeof LONGEST)[]).filter((field) => [...line[field].trim()].length > LONGEST[field])
  if (line.name.trim() === '' || tooLong.includes('name')) found.push({ field: 'name', why: 'nameWrong' })
  if (line.phone.trim() !== '' && !isPhone(tidyPhone(line.phone), 'line')) found.push({ field: 'phone', why: 'phone' })
  if (line.phone.trim() === '' && line.text.trim() === '') found.push({ field: 'phone', why: 'noNumber' })
  for (const field of tooLong) if (field !== 'name') found.push({ field, why: 'long' })
  if (!isAddress(line.url.trim())) found.push({ field: 'url', why: 'urlWrong' })
  if (!/^\d{1,4}$/.test(line.order.trim()) || Number(line.order) > 1000) found.push({ field: 'order', why: 'orderWrong' })
  return found
}

function isAddress(text: string): boolean {
  if (text === '') return true
  if (text.length > 300 || !URL.canParse(text)) return false
  const { protocol, hostname, username } = new URL(text)
  return protocol === 'https:' && hostname !== '' && username === ''
}

/** What differs, as it is sent. */
export function changedIn(before: Line, after: Line): Record<string, string | number> {
  const set: Record<string, string | number> = {}
  for (const name of TEXTS) {
    const said = name === 'phone' ? tidyPhone(after[name]) : after[name].trim()
    if (said !== before[name]) set[name] = said
  }
  if (Number(after.order) !== Number(before.order)) set.order = Number(after.order)
  return set
}
