/** Answers about registers that hold no news leave what was sent without a word; the others wait for the door. */
import type { Kith } from '../sync'
import { isNoNews, readSeen, seenKey } from './news'
import { registerOf } from './people'

export function settle(kith: Kith): void {
  const lineOf = (mark: string) => {
    const line = kith.rows('regulars').get(kith.rows('marks').get(mark)?.regular)
    return line && { regular: line.id, name: String(line.firstName) }
  }
  for (const entry of kith.outbox()) {
    if (entry.state !== 'merged' || !/^(registers|regulars)\./.test(entry.name)) continue
    const register = entry.args.listing && registerOf(kith.rows('registers'), entry.args.listing, entry.args.occurrence)
    const seen = register && readSeen(kith.local.get(seenKey), register.id)
    if (isNoNews(entry, seen || undefined, lineOf)) void kith.dismiss(entry.nonce)
  }
}
