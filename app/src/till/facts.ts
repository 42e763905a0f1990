/**
 * What a till must know with no signal, from the rows that this device keeps: the community's rules, and what a
 * reward is.
 */
import { money } from '../listings/price'
import { till as words } from '../words/till'
import type { Rows } from './formats'
import { rulesOf } from './rules'
import type { Facts } from './taking'
import { said } from './word'

export function factsOf(rows: Rows, online: boolean): Facts {
  const [community] = rows('communities').values()
  const rewards = rows('rewards')
  return {
    rules: rulesOf(community?.scheme),
    zone: String(community?.zone || 'Europe/London'),
    online,
    shopsOf(reward) {
      const shops = (rewards.get(reward)?.shops as { shop: string }[] | undefined) ?? []
      return shops.length > 0 ? shops.map((one) => one.shop) : undefined
    },
    titleOf: (reward) => String(rewards.get(reward)?.title || words.unknownReward),
  }
}

/** How many cards are known to be lost or replaced, and when that was heard, in milliseconds; 0: never. */
export function listOf(rows: Rows): { cards: number; heard: number } {
  const [row] = rows('revocations').values()
  const { iat = 0, cards = [] } = said(row?.token)
  return { cards: cards.length, heard: Number(iat) * 1000 }
}

/** What a voucher is worth: "£3.50". */
export const worth = (pence: number): string => money(pence)
