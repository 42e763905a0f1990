/**
 * Shows with a request that it comes from this device, and not from a copy of its token (docs/protocol.md
 * section 3.2). It does so once it is wanted: signing costs a little of each request.
 */
import { base64url } from '../sync/ids'
import type { Env } from '../sync/env'
import type { Refusal } from '../sync/refusal'

export interface ProverOptions {
  env: Env
  /** The device's key; null without an account. */
  keys: () => CryptoKeyPair | null
  /** Milliseconds to add to this phone's clock, by the last answer. */
  offset: () => number
  /** True when the member is more than a resident: then the first request needn't be refused. */
  hasRole: () => boolean
}

export class Prover {
  #wanted = false
  /** What the server said of this phone's clock, instead of the offset of the last answer. */
  #corrected: number | null = null
  #hashed: { token: string; hash: Promise<string> } | null = null

  constructor(private readonly options: ProverOptions) {}

  /** The header that goes with `token` on one request; none while no proof is wanted, unless `always`. */
  async headers(method: string, path: string, token: string, always = false): Promise<Record<string, string>> {
    const { env, keys, offset, hasRole } = this.options
    const pair = keys()
    if (!pair || token === '' || !(always || this.#wanted || hasRole())) return {}
    const { signProof } = await import('./key') // few members need it: it comes when it is wanted
    const now = env.now() + (this.#corrected ?? offset())
    return { DPoP: await signProof(pair, { method, address: env.origin + path, now, access: await this.#hash(token) }) }
  }

  /** Learns from a refusal. True: the same request may be sent once more. */
  heed({ code, now }: Refusal): boolean {
    if (code === 'proof_missing') return (this.#wanted = true)
    if (code !== 'proof_clock' || !now) return code === 'proof_used'
    this.#corrected = Date.parse(now) - this.options.env.now()
    return true
  }

  /** The token as a proof names it; it is the same for days. */
  #hash(token: string): Promise<string> {
    if (this.#hashed?.token !== token) this.#hashed = { token, hash: sha256(token) }
    return this.#hashed.hash
  }
}

async function sha256(text: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))
}
