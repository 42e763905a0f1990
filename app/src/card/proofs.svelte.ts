/**
 * The square code of a card, made anew every 15 seconds while it is shown: a card alone says who, its proof says now.
 */
import { concat } from '../sync/bytes'
import { fromBase64url } from '../sync/ids'
import { digitsOf, unpack } from './bytes'
import type { Bearer } from './key'
import { signProof } from './tokens'

export const EVERY_MS = 15_000

export class Proofs {
  /** What the square code holds; '' until the first is made. */
  digits = $state('')
  /** How many there have been: each starts the countdown again. */
  round = $state(0)
  failed = $state(false)
  #timer: ReturnType<typeof setTimeout> | undefined
  #turn = 0

  constructor(
    private readonly bearer: Bearer,
    /** The community whose card it is. */
    private readonly issuer: string,
    private readonly card: string,
    private readonly voucher = '',
  ) {}

  /** Begins, and goes on until it is stopped. A page that is not seen makes none; one that is seen again begins with a new one. */
  start(): () => void {
    const seen = () => (document.visibilityState === 'visible' ? void this.#make() : clearTimeout(this.#timer))
    document.addEventListener('visibilitychange', seen)
    seen()
    return () => {
      this.#turn++
      clearTimeout(this.#timer)
      document.removeEventListener('visibilitychange', seen)
    }
  }

  async #make(): Promise<void> {
    clearTimeout(this.#timer)
    const turn = ++this.#turn
    try {
      const card = fromBase64url(this.card)
      const proof = await signProof(this.bearer.keys.privateKey, this.issuer, card, Math.floor(this.bearer.now() / 1000))
      if (turn !== this.#turn) return
      this.digits = digitsOf(concat(card, proof, fromBase64url(this.voucher)))
      this.failed = false
      this.round++
    } catch {
      if (turn === this.#turn) this.failed = true
    }
    if (turn === this.#turn && document.visibilityState === 'visible') this.#timer = setTimeout(() => void this.#make(), EVERY_MS)
  }
}

/** True when this phone's key is the one in the card. */
export function isKeyOf(packed: string, { jwk }: Bearer): boolean {
  if (packed === '') return false
  const unpacked = unpack(fromBase64url(packed))
  return typeof unpacked !== 'string' && unpacked.card.key?.x === jwk.x && unpacked.card.key.y === jwk.y
}
