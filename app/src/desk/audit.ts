/**
 * The record of what was done, as its answer has it and in words. It holds ids only: names are looked up among
 * the rows on this device.
 */
import type { Row } from '../sync'
import { audit as sentences, auditDevice, auditMachine, auditOther, auditSelf, auditSomething, type Named } from '../words/audit'
import { desk as said } from '../words/desk'
import { roleNames } from '../words/roleNames'

export interface AuditEntry {
  number: number
  at: string
  actor: string
  device: string
  action: string
  subject: string
  detail: Record<string, string>
}

export interface AuditPage {
  entries: AuditEntry[]
  head: { number: number; hash: string }
}

type Rows = (collection: string) => ReadonlyMap<string, Row>

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

function detailOf(detail: unknown): Record<string, string> {
  const read = typeof detail === 'string' ? JSON.parse(detail || '{}') : detail
  return Object.fromEntries(Object.entries(read ?? {}).map(([name, value]) => [name, String(value)]))
}

/** Reads an answer of POST /api/audit. */
export function pageOf(answer: any): AuditPage {
  const entries = (Array.isArray(answer?.entries) ? answer.entries : []).map((one: any) => ({
    number: Number(one.number), at: text(one.at), actor: text(one.actor), device: text(one.device), action: text(one.action), subject: text(one.subject), detail: detailOf(one.detail),
  }))
  return { entries, head: { number: Number(answer?.head?.number ?? 0), hash: text(answer?.head?.hash) } }
}

/** Whom an entry is about: said outright, or whose the row is. */
function memberOf({ subject, detail }: AuditEntry, rows: Rows): string {
  if (detail.member) return detail.member
  if (rows('members').has(subject)) return subject
  for (const collection of ['devices', 'roles', 'consents', 'vouches', 'recoveries']) {
    const row = rows(collection).get(subject)
    if (row) return text(row.member)
  }
  return subject
}

/** What nobody does: the server, when a time is over or somebody's role has ended. */
const BY_ITSELF = /^(people\.|concerns\.release$)/

function actorName(entry: AuditEntry, rows: Rows): string {
  if (entry.actor === 'console') return said.audit.console
  if (entry.actor === '') return BY_ITSELF.test(entry.action) ? auditMachine : said.audit.nobody
  return text(rows('members').get(entry.actor)?.firstName) || said.somebody
}

function namedOf(entry: AuditEntry, rows: Rows): Named {
  const { subject, detail } = entry
  const member = memberOf(entry, rows)
  const name = (id: string) => text(rows('members').get(id)?.firstName) || said.somebody
  const role = detail.role || text(rows('roles').get(subject)?.role) || text(rows('invites').get(subject)?.role)
  const shop = detail.shop || text(rows('invites').get(subject)?.shop)
  const shopName = text(rows('shops').get(shop)?.name)
  const device = rows('devices').get(detail.device ?? subject)
  return {
    actor: actorName(entry, rows), whom: member === entry.actor ? auditSelf : name(member),
    role: (roleNames.lower[role] ?? role ?? '') + (shopName ? `, ${shopName}` : ''),
    what: text(rows('shops').get(subject)?.name) || text(device?.name) || (entry.action.startsWith('devices.') ? auditDevice : auditSomething),
    helper: name(detail.helper || text(rows('consents').get(subject)?.helper)),
    found: detail.found || '?',
  }
}

/** "Tom gave Pearl the role of activator". An action that this version doesn't know is named as it is. */
export function sentenceOf(entry: AuditEntry, rows: Rows): string {
  const named = namedOf(entry, rows)
  const sentence = Object.hasOwn(sentences, entry.action) ? sentences[entry.action] : undefined
  return sentence ? sentence(named) : auditOther(named.actor, entry.action)
}
