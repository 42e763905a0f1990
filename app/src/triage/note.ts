/** Sealing what a responder writes down, bound to its concern. */
import { sealEnvelope, type Keys } from '../concerns/envelope'

export function sealNote(keys: Keys, { id, concern, hour }: { id: string; concern: string; hour: string }, words: string): Promise<string> {
  return sealEnvelope(keys, { kind: 'note', id, urgency: '', area: concern, hour }, { v: 1, words })
}
