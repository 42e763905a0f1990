/** What a responder can have done, and how a concern can end. The same codes as on the server. */
import { triage as said } from '../words/triage'
import type { Receiver } from './handover'

export const KINDS = ['rang', 'visited', 'spoke', 'wrote', 'handedCoach', 'handedSurgery', 'handedCouncil', 'handedGroup', 'askedCoordinator', 'spokeListener', 'other'] as const
export const OUTCOMES = ['helped', 'takenUp', 'handedOver', 'advised', 'declined', 'noAnswer', 'notAConcern'] as const

export type Kind = (typeof KINDS)[number]
export type Outcome = (typeof OUTCOMES)[number]

/** What somebody can have done: nobody but a coordinator knows who passed a concern on. */
export function kindsOf(isCoordinator: boolean): readonly Kind[] {
  return isCoordinator ? KINDS : KINDS.filter((kind) => kind !== 'spokeListener')
}

/** What the form for a note asks, by what was done. Of whoever passed it on only coordinators know, and a coach reads the note. */
export function asksOf(kind: Kind): { label: string; hint: string; wrong: string } {
  if (kind === 'askedCoordinator') return { label: said.noteAsk, hint: said.noteAskHint, wrong: said.noteAskWrong }
  return { label: said.noteWords, hint: kind === 'spokeListener' ? said.noteSpokeHint : said.noteHint, wrong: said.noteWrong }
}

/** What was done when something was handed over. */
export const HANDED: Record<Receiver, Kind> = { coach: 'handedCoach', surgery: 'handedSurgery', council: 'handedCouncil', group: 'handedGroup' }

export const NOTE_LETTERS = 1000
