/**
 * Looks at what a till has read, in the order of the server's twin (internal/card): length, key, signature, dates,
 * revoked, proof, voucher. The first thing that is wrong is the verdict.
 */
import { bytesOf, unpack, type Card, type Proof, type Unpacked, type Voucher } from './bytes'
import { isByCommunity, isSigned, keyOf, known, nameOf, rebuild, type CardSet, type Rebuilt, type Revocations } from './tokens'

/** How far two clocks may be apart. */
const SKEW_S = 30
/** A new proof is shown every 15 seconds; somebody may take a minute to the till. */
const PROOF_AGE_S = 90

/** All that a card can be to a till, and a record to the server. */
export const CODES = [
  'card_unreadable', 'card_other', 'card_forged', 'card_expired', 'card_early', 'card_revoked',
  'proof_missing', 'proof_forged', 'proof_stale', 'proof_early', 'proof_replayed',
  'voucher_forged', 'voucher_expired', 'voucher_early', 'voucher_revoked', 'voucher_card', 'voucher_shop', 'voucher_spent', 'voucher_online',
  'cap_day', 'too_soon', 'till_busy', 'till_ended', 'code_unknown',
] as const

export type Code = (typeof CODES)[number]

/** What a till knows beside the keys. */
export interface Facts {
  revoked?: Pick<Revocations, 'cards' | 'vouchers' | 'keys'> | null
  /** Whether a proof was here before. */
  seen?: (proof: string) => boolean | Promise<boolean>
}

export interface Verdict {
  code: 'ok' | Code
  /** What was read and found signed, up to what is wrong. */
  card: Card | null
  proof: (Proof & { id: string }) | null
  voucher: Voucher | null
}

/** `now`: the server's time in milliseconds, as far as the till knows it. */
export async function check(set: CardSet, facts: Facts, digits: string, now: number): Promise<Verdict> {
  const bytes = bytesOf(digits)
  return bytes ? checkPacked(set, facts, bytes, now) : { code: 'card_unreadable', card: null, proof: null, voucher: null }
}

export async function checkPacked(set: CardSet, facts: Facts, packed: Uint8Array, now: number): Promise<Verdict> {
  const verdict: Verdict = { code: 'ok', card: null, proof: null, voucher: null }
  const parts = unpack(packed)
  if (typeof parts === 'string') return { ...verdict, code: parts }
  const look: Look = { set, facts, now: now / 1000, parts, texts: await rebuild(set.issuer, parts), verdict }
  verdict.code = (await wrongCard(look)) ?? (await wrongProof(look)) ?? (await wrongVoucher(look)) ?? 'ok'
  return verdict
}

interface Look {
  set: CardSet
  facts: Facts
  /** Seconds. */
  now: number
  parts: Unpacked
  texts: Rebuilt
  verdict: Verdict
}

async function wrongCard({ set, facts, now, parts: { card }, texts, verdict }: Look): Promise<Code | null> {
  if (!known(set, 'card+jwt', card.kid)) return 'card_other'
  if (!(await isByCommunity(set, 'card+jwt', card.kid, card.issued, texts.card, card.signature))) return 'card_forged'
  verdict.card = card
  if (now < card.issued - SKEW_S) return 'card_early'
  if (now > card.expires + SKEW_S) return 'card_expired'
  const { cards = [], keys = [] } = facts.revoked ?? {}
  return keys.includes(card.kid) || cards.includes(card.sub) ? 'card_revoked' : null
}

async function wrongProof({ facts, now, parts: { card, proof }, texts, verdict }: Look): Promise<Code | null> {
  if (!card.key) return null
  if (!proof) return 'proof_missing'
  if (!(await isSigned(await keyOf(card.key), texts.proof!, proof.signature))) return 'proof_forged'
  const id = await nameOf(texts.proof!)
  verdict.proof = { ...proof, id }
  if (now - proof.at > PROOF_AGE_S) return 'proof_stale'
  if (proof.at - now > SKEW_S) return 'proof_early'
  return (await facts.seen?.(id)) ? 'proof_replayed' : null
}

async function wrongVoucher({ set, facts, now, parts: { card, voucher }, texts, verdict }: Look): Promise<Code | null> {
  if (!voucher) return null
  if (!(await isByCommunity(set, 'voucher+jwt', voucher.kid, voucher.issued, texts.voucher!, voucher.signature))) return 'voucher_forged'
  verdict.voucher = voucher
  if (now < voucher.issued - SKEW_S) return 'voucher_early'
  if (now > voucher.expires + SKEW_S) return 'voucher_expired'
  const { vouchers = [], keys = [] } = facts.revoked ?? {}
  if (keys.includes(voucher.kid) || vouchers.includes(voucher.id)) return 'voucher_revoked'
  return voucher.sub === card.sub ? null : 'voucher_card'
}
