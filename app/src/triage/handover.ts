/**
 * What may stand on a sheet or in a message when a concern is handed over. Consent decides it, and nothing else does:
 * no screen adds to it.
 *
 *                      coach                  surgery, council          group
 *   agreed             all                    all                       name, how to reach them
 *   not agreed         observations           observations              nothing
 *   passed all the     nothing                all, with the ground      nothing
 *   same (override)                           and the reason
 *
 * NB! Words that somebody wrote freely may say who it is, however carefully: without a yes they stay with whoever may
 * open the concern. Who noticed it, where and when is on none of them, and neither is any note.
 */
import type { Ground, Noticed, Plain, Since } from '../concerns/plain'

export const RECEIVERS = ['coach', 'surgery', 'council', 'group'] as const
export type Receiver = (typeof RECEIVERS)[number]

/** A concern as the server opens it: who passed it on is there for coordinators alone. */
export type Opened = Omit<Plain, 'by'> & Partial<Pick<Plain, 'by'>>

/** What a sheet says. */
export interface Sheet {
  to: Receiver
  person?: { name: string; reach: string; best: string }
  noticed: readonly Noticed[]
  since?: Since
  words: string
  /** Why it is passed on although whoever it is about did not agree. */
  override?: { ground: Ground; why: string }
  agreed: boolean
}

/** On which footing somebody is named, or isn't. */
export type Basis = 'agreed' | 'override' | 'none'

export function basisOf(concern: Opened): Basis {
  if (concern.asked === 'agreed') return 'agreed'
  return concern.override ? 'override' : 'none'
}

/** Why nobody can be spoken with as it stands; '': somebody can. */
export function noWayTo({ person }: Opened): 'unnamed' | 'unreached' | '' {
  if (!person) return 'unnamed'
  return person.reach?.trim() ? '' : 'unreached'
}

/** The sheet for a receiver; null: nothing of it may go there. */
export function sheetOf(concern: Opened, to: Receiver): Sheet | null {
  const basis = basisOf(concern)
  const empty = { to, noticed: [], words: '', agreed: basis === 'agreed' }
  if (to === 'group') return basis === 'agreed' && concern.person ? { ...empty, person: whole(concern.person) } : null
  const observed = { ...empty, noticed: concern.noticed, since: concern.since }
  if (basis === 'none') return observed
  if (!concern.person) return null
  const all = { ...observed, words: concern.words, person: whole(concern.person) }
  if (basis === 'agreed') return all
  return to === 'coach' || !concern.override ? null : { ...all, override: concern.override }
}

/** To whom something of it may go. */
export function receiversOf(concern: Opened): Receiver[] {
  return RECEIVERS.filter((to) => sheetOf(concern, to) !== null)
}

function whole({ name, reach = '', best = '' }: NonNullable<Plain['person']>): Sheet['person'] {
  return { name, reach, best }
}
