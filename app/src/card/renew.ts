/** A card that runs out soon, or whose key counts no more, is renewed by itself, at the next signal. */
import type { Kith } from '../sync'
import { kidsOf, todayAsNumber, wantsRenewal } from './mine'

/** Asks once for each card: while the asking waits, or was refused, it isn't asked again. */
export async function renewCards(kith: Kith, now: number): Promise<void> {
  const asked = new Set(kith.outbox().filter(({ name }) => name === 'cards.renew').map(({ args }) => args.id))
  const kids = kidsOf([...kith.rows('communities').values()][0])
  for (const card of kith.rows('cards').values()) {
    if (wantsRenewal(card, todayAsNumber(now), kids) && !asked.has(card.id)) await kith.send('cards.renew', { id: card.id })
  }
}
