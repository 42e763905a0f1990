/**
 * A saved command as screens see it.
 */
import type { Saved } from './queue'
import type { Entry, EntryState } from './types'

export function toEntry(saved: Saved): Entry {
  const { nonce, number, name, args, at, outcome, settled } = saved
  const entry: Entry = { nonce, number, name, args, at, state: stateOf(saved) }
  if (saved.for) entry.for = saved.for
  if (!settled || !outcome) return entry
  if (outcome.code) entry.code = outcome.code
  if (outcome.message) entry.message = outcome.message
  if (outcome.result) entry.result = outcome.result
  return entry
}

function stateOf({ settled, sent, outcome }: Saved): EntryState {
  if (settled && outcome) return outcome.status as EntryState
  return sent ? 'sending' : 'waiting'
}
