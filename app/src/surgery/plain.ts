/** A note to the surgery, as it stands in its seal. */
import { tidyLine, tidyText } from '../ui/tidy'

export interface SurgeryNote {
  v: 1
  about: { name: string; reach: string }
  words: string
  from: { name: string; reach: string }
}

export type Draft = Record<'name' | 'reach' | 'words' | 'from' | 'fromReach', string>

export const emptyDraft = (): Draft => ({ name: '', reach: '', words: '', from: '', fromReach: '' })

export const LONGEST: Record<keyof Draft, number> = { name: 80, reach: 120, words: 1000, from: 80, fromReach: 120 }

export interface Wrong {
  field: keyof Draft
  why: 'name' | 'words' | 'long'
}

export function wrongIn(draft: Draft): Wrong[] {
  const found: Wrong[] = []
  for (const field of Object.keys(LONGEST) as (keyof Draft)[]) {
    const text = field === 'words' ? tidyText(draft.words) : tidyLine(draft[field])
    if (text === '' && (field === 'name' || field === 'words')) found.push({ field, why: field })
    else if ([...text].length > LONGEST[field]) found.push({ field, why: 'long' })
  }
  return found
}

export function plainOf(draft: Draft): SurgeryNote {
  const line = (field: keyof Draft) => tidyLine(draft[field])
  return { v: 1, about: { name: line('name'), reach: line('reach') }, words: tidyText(draft.words), from: { name: line('from'), reach: line('fromReach') } }
}
