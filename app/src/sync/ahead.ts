/**
 * The next pages are on their way while this one is read and staged: on a phone the way there and back costs as
 * much as the reading. Only pages are fetched ahead, never anything with commands in it.
 */
import type { Ask } from './ask'
import type { Prover } from '../device/prover'
import type { Env } from './env'
import { request, type Reply } from './transport'

/** Pages on their way or waiting to be read; each is a megabyte of memory. */
const MOST = 3

interface Begun {
  ask: Ask
  reply: Promise<Reply>
}

export class Ahead {
  #begun: Begun[] = []

  constructor(
    private readonly env: Env,
    private readonly prover: Prover | null = null,
  ) {}

  /** The reply to `ask`: the one that was begun ahead where it is the same request, or a new one. */
  reply(ask: Ask, token: string): Promise<Reply> {
    const next = this.#begun.shift()
    if (next && keyOf(next.ask) === keyOf(ask)) {
      ask.asked = next.ask.asked // it was on its way before: nothing is leased for longer than from then on
      return next.reply
    }
    this.#begun = []
    return request(this.env, ask, token, this.prover)
  }

  /** Begins the requests that will follow the answer `text` to `ask`, as far as it is clear what those will be. */
  begin(ask: Ask, text: string, token: string): void {
    const last = this.#begun.at(-1)
    if (last) this.#goOn(last, token)
    else this.#add(ask, text, token)
  }

  #add(ask: Ask, text: string, token: string): void {
    const next = following(ask, text)
    if (!next) return
    const begun = { ask: next, reply: request(this.env, next, token, this.prover) }
    this.#begun.push(begun)
    this.#goOn(begun, token)
  }

  /** Once `last` is answered: the page after it, if nothing else was begun meanwhile. */
  #goOn(last: Begun, token: string): void {
    const answered = (reply: Reply) => {
      if (reply.ok && this.#begun.at(-1) === last && this.#begun.length < MOST) this.#add(last.ask, reply.text, token)
    }
    // Nobody may come for it; then its failure is nobody's.
    last.reply.then(answered, () => undefined)
  }
}

/** The request after the answer `text` to `ask`; null: there is none, or it isn't a page. */
function following(ask: Ask, text: string): Ask | null {
  const end = lastLine(text)?.end
  if (typeof end?.cursor !== 'string' || end.done === true || ask.body?.pending) return null
  if (ask.kind === 'public' && typeof end.next !== 'string') return null
  return ask.body ? { ...ask, body: { ...ask.body, cursor: end.cursor } } : { ...ask, path: end.next }
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
