/**
 * Brings letters to the server: whoever's session it is, or nobody's. No token goes with the request, since what counts
 * is inside of each letter; an answer to one says nothing to whoever carried it.
 */
import { Backoff } from '../sync/backoff'
import type { Env } from '../sync/env'
import { post } from '../sync/transport'
import type { Letter, Letters, Outcome } from './letters'

const PATH = '/api/concerns'
/** In one request, by the server's bounds: letters, and characters of them. */
const MOST = 16
const LONGEST = 480_000
/** A letter that was put off is tried again after so long at the earliest. */
const AGAIN_MS = 60_000

export class Carrier {
  readonly #whole: Backoff
  /** Of letters that were put off by themselves, such as one whose writer hasn't done the cards yet. */
  readonly #each = new Map<string, Backoff>()
  #most = MOST
  #running: Promise<void> | null = null
  /** It was asked for since a round began to look. */
  #asked = false

  constructor(
    private readonly env: Env,
    private readonly letters: Letters,
  ) {
    this.#whole = new Backoff(env)
  }

  /** Brings what is due. Resolves when nothing more can be done just now. */
  round(): Promise<void> {
    this.#asked = true
    this.#running ??= this.#rounds()
    return this.#running
  }

  /** What was saved while one round had already looked is brought by another. */
  async #rounds(): Promise<void> {
    try {
      while (this.#asked) {
        this.#asked = false
        await this.#all()
      }
    } finally {
      this.#running = null
    }
  }

  /** Milliseconds until what failed may be tried again; 0: now, or nothing failed. */
  get waitMs(): number {
    return this.#whole.waitMs
  }

  /** There is signal again, or somebody is looking: what failed may be tried at once. */
  forgive(): void {
    this.#whole.forgive()
    for (const one of this.#each.values()) one.forgive()
  }

  async #all(): Promise<void> {
    while (this.#whole.waitMs === 0) {
      const batch = await this.letters.setOut(inOne(await this.#due(), this.#most))
      if (batch.length === 0 || !(await this.#bring(batch))) return
    }
  }

  async #due(): Promise<Letter[]> {
    const all = await this.letters.all()
    return all.filter(({ state, name }) => state === 'waiting' && (this.#each.get(name)?.waitMs ?? 0) === 0)
  }

  /** False: not now. */
  async #bring(batch: readonly Letter[]): Promise<boolean> {
    const reply = await post(this.env, PATH, { letters: batch.map(({ blob }) => blob) }).catch(() => null)
    const answer = reply?.ok ? readAnswer(reply.text, batch) : null
    if (answer) {
      this.#whole.succeeded()
      await this.#take(answer, batch)
      return true
    }
    const refusal = reply && !reply.ok ? reply.refusal : null
    // One letter that the door can't read must not hold up the others.
    if (refusal && (refusal.status === 400 || refusal.status === 413) && batch.length > 1) {
      this.#most = 1
      return true
    }
    if (refusal?.status === 400 || refusal?.status === 413) {
      this.#putOff(batch[0]!.name)
      return true
    }
    this.#whole.failed(refusal?.retryAfterMs ?? 0)
    return false
  }

  async #take({ epoch, outcomes }: Answer, batch: readonly Letter[]): Promise<void> {
    await this.letters.answered(outcomes, epoch, this.env.now())
    await this.letters.heard(epoch, this.env.now())
    this.#most = MOST
    for (const { name } of batch) {
      if (outcomes.get(name)?.outcome === 'later') this.#putOff(name)
      else this.#each.delete(name)
    }
  }

  #putOff(name: string): void {
    const backoff = this.#each.get(name) ?? new Backoff(this.env)
    backoff.failed(AGAIN_MS)
    this.#each.set(name, backoff)
  }
}

interface Answer {
  epoch: string
  outcomes: Map<string, Outcome>
}

/** Null: not an answer of ours, such as a page of a hotel's wireless network. */
function readAnswer(text: string, batch: readonly Letter[]): Answer | null {
  try {
    const { epoch, outcomes } = JSON.parse(text) as { epoch: string; outcomes: Outcome[] }
    if (typeof epoch !== 'string' || outcomes.length !== batch.length) return null
    return { epoch, outcomes: new Map(outcomes.map((outcome, i) => [batch[i]!.name, outcome])) }
  } catch {
    return null
  }
}

function inOne(letters: readonly Letter[], most: number): string[] {
  const names: string[] = []
  let length = 0
  for (const { name, blob } of letters) {
    length += blob.length
    if (names.length === most || (names.length > 0 && length > LONGEST)) break
    names.push(name)
  }
  return names
}
