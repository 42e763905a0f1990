/**
 * A price in words (C9). Free is said as Free, never as £0.
 */
import { words } from '../words'
import type { Prices } from './model'

/** Which colour and sign a price wears. */
export type PriceTone = 'free' | 'donation' | 'paid' | 'unknown'

export interface PriceWords {
  tone: PriceTone
  /** A word or three for a list: "Free", "£3", "£2 to £5". */
  tag: string
  firstFree: boolean
}

/** "£3", "£3.50", "50p", "Free". */
export function money(pence: number): string {
  if (pence === 0) return words.price.free
  if (pence < 100) return `${pence}p`
  return pence % 100 === 0 ? `£${pence / 100}` : `£${(pence / 100).toFixed(2)}`
}

function fixedTag(prices: Prices): PriceWords {
  const amounts = prices.amounts.map((amount) => amount.pence)
  if (amounts.length === 0) return { tone: 'unknown', tag: words.price.unknown, firstFree: prices.firstFree }
  const [low, high] = [Math.min(...amounts), Math.max(...amounts)]
  if (high === 0) return { tone: 'free', tag: words.price.free, firstFree: false }
  const tag = low === high ? money(low) : words.price.range(money(low), money(high))
  return { tone: 'paid', tag, firstFree: prices.firstFree }
}

/** The short form for a list. */
export function priceTag(prices: Prices): PriceWords {
  switch (prices.mode) {
    case 'free':
      return { tone: 'free', tag: words.price.free, firstFree: false }
    case 'donation':
      return { tone: 'donation', tag: words.price.donation, firstFree: prices.firstFree }
    case 'payWhatYouCan':
      return { tone: 'donation', tag: words.price.payWhatYouCan, firstFree: prices.firstFree }
    case 'fixed':
      return fixedTag(prices)
    default:
      return { tone: 'unknown', tag: words.price.unknown, firstFree: prices.firstFree }
  }
}

/** Each amount with who pays it, for the page of a listing: "£3, if you're working". */
export function priceLines(prices: Prices): string[] {
  return prices.amounts.map((amount) => (amount.who ? `${money(amount.pence)}, ${amount.who}` : money(amount.pence)))
}

/** What a price answers to in the cost filter. */
export const COSTS = ['free', 'firstFree', 'donation', 'fixed'] as const
export type Cost = (typeof COSTS)[number]

/** A group with a price for some and free for others is found under both. */
export function costsOf(prices: Prices): Cost[] {
  const tag = priceTag(prices)
  const costs: Cost[] = []
  if (tag.tone === 'free' || (prices.mode === 'fixed' && prices.amounts.some((amount) => amount.pence === 0))) costs.push('free')
  if (tag.firstFree) costs.push('firstFree')
  if (tag.tone === 'donation') costs.push('donation')
  if (tag.tone === 'paid') costs.push('fixed')
  return costs
}
