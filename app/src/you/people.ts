/**
 * The few people somebody deals with here: who acts for them, and for whom they act. Nobody has a list of members.
 */
import type { Row } from '../sync'

/** One of them, as a list shows them. */
export interface Known {
  id: string
  name: string
}

/** Whether a consent is in force. */
export function isActive(consent: Row, now: number): boolean {
  return consent.status === 'active' && Date.parse(consent.until) > now
}

/** What the other of a consent is called: by their row, by the name noted on this phone, or '' for nobody knows. */
export function nameOf(id: string, members: ReadonlyMap<string, Row>, noted: string | undefined): string {
  return String(members.get(id)?.firstName ?? '') || (noted ?? '')
}

/** Everybody on the other side of a consent of `me`, each once; `fallback` where no name is known here. */
export function knownPeople(
  consents: Iterable<Row>, me: string, members: ReadonlyMap<string, Row>, noted: (consent: string) => string | undefined, fallback: string,
): Known[] {
  const found = new Map<string, Known>()
  for (const consent of consents) {
    const other = consent.member === me ? consent.helper : consent.helper === me ? consent.member : ''
    if (!other) continue
    const name = nameOf(other, members, noted(consent.id))
    const before = found.get(other)
    if (!before || (name && before.name === fallback)) found.set(other, { id: other, name: name || fallback })
  }
  return [...found.values()]
}

/** Where the name somebody noted for a consent lies on this phone. */
export const NOTED = (consent: string): string => `helper/${consent}`
