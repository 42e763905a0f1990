/** What `POST /api/concerns/open` answers. It lives in memory alone. */
import type { Opened } from './handover'

export interface Note {
  id: string
  kind: string
  by: string
  hour: string
  words: string
  /** Its key is gone. */
  lost?: boolean
}

export interface Glass {
  id: string
  by: string
  at: string
  reason: string
  lost?: boolean
}

export interface Answer {
  concern: Opened
  notes: readonly Note[]
  linked: readonly string[]
  /** For coordinators. */
  glasses?: readonly Glass[]
}
