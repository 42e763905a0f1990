/**
 * What is in sight of a till, so that nothing is taken twice: the same square stands before the camera for many
 * pictures, and a phone that stays there shows a new one every fifteen seconds.
 */

/** A square that was out of sight for so long is a new one. */
export const GONE_MS = 3_000

export class Sight {
  #text = ''
  #seen = -Infinity
  #card = ''

  /** Null: the square is the one in sight. Else it is to be looked at; `still`: another was there until just now. */
  sees(text: string, now: number): { still: boolean } | null {
    const still = now - this.#seen < GONE_MS
    const same = still && text === this.#text
    this.#text = text
    this.#seen = now
    return same ? null : { still }
  }

  /** True where a card that was told about only shows its next square; what it is now is kept. */
  stays(card: string, { still }: { still: boolean }): boolean {
    const same = still && card !== '' && card === this.#card
    this.#card = card
    return same
  }

  /** Whatever comes next is looked at: somebody has asked for it. */
  clear(): void {
    this.#text = this.#card = ''
  }
}
