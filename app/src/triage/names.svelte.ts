/**
 * First names of colleagues, as the server tells responders: in memory alone, while this page is there. With no signal
 * they are colleagues without a name.
 */
export interface Named {
  id: string
  firstName: string
}

export class Names {
  #known = $state.raw<ReadonlyMap<string, string>>(new Map())
  /** Whom the server was asked about: who isn't named then is no responder any more. */
  #asked = new Set<string>()
  #asking = false

  /** '' while it isn't known. */
  of(member: string): string {
    return this.#known.get(member) ?? ''
  }

  /** Asks where somebody is among `members` whom nobody was asked about yet. What fails is asked again at the next call. */
  async learn(members: readonly string[], ask: () => Promise<{ names: readonly Named[] }>): Promise<void> {
    if (this.#asking || members.every((member) => this.#asked.has(member))) return
    this.#asking = true
    try {
      const { names } = await ask()
      this.#known = new Map(names.map(({ id, firstName }) => [id, firstName]))
      for (const member of members) this.#asked.add(member)
    } catch {
      // They stay without a name; the next change, or the next signal, asks again.
    } finally {
      this.#asking = false
    }
  }
}

export const names = new Names()
