/**
 * The next page is on its way while this one is read and staged: on a phone the way there and back costs as
 * much as the reading. Only pages are fetched ahead, never anything with commands in it.
 */
import type { Ask } from './ask'
import type { Env } from './env'
import { request, type Reply } from './transport'

export class Ahead {
  #begun: { key: string; reply: Promise<Reply> } | null = null

  constructor(private readonly env: Env) {}

  /** The reply to `ask`: the one that was begun ahead where it is the same request, or a new one. */
  reply(ask: Ask, token: string): Promise<Reply> {
    const begun = this.#begun
    this.#begun = null
    return begun?.key === keyOf(ask) ? begun.reply : request(this.env, ask, token)
  }

  /** Begins the request that will follow the answer `text` to `ask`, if it is clear what that will be. */
  begin(ask: Ask, text: string, token: string): void {
    const end = lastLine(text)?.end
    if (typeof end?.cursor !== 'string' || end.done === true || ask.body?.pending) return
    if (ask.kind === 'public' && typeof end.next !== 'string') return
    const next: Ask = ask.body ? { ...ask, body: { ...ask.body, cursor: end.cursor } } : { ...ask, path: end.next }
    const reply = request(this.env, next, token)
    // Nobody may come for it; then its failure is nobody's.
    reply.catch(() => undefined)
    this.#begun = { key: keyOf(next), reply }
  }
}

function keyOf(ask: Ask): string {
  return ask.path + JSON.stringify(ask.body)
}

function lastLine(text: string): any {
  const end = text.trimEnd()
  try {
    return JSON.parse(end.slice(end.lastIndexOf('\n') + 1))
  } catch {
    return null
  }
}
