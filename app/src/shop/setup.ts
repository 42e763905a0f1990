/**
 * Setting a shop up: three short things, one after the other. What somebody puts off is remembered on their device
 * alone, and can be done later like any change.
 */
import type { Row } from '../sync'
import { hoursOf, isSet } from './hours'

export const STEPS = ['perk', 'hours', 'till'] as const
export type Step = (typeof STEPS)[number]

/** The device-only fact: which steps were put off, by shop. */
export const PUT_OFF = 'shop/later'
export type PutOff = Readonly<Record<string, readonly Step[]>>

/** What is not done yet. */
export function undone(shop: Row, tills: Iterable<Row>): Step[] {
  const open = [...tills].some((till) => till.shop === shop.id && !till.ended)
  const is: Record<Step, boolean> = { perk: Boolean(shop.perk), hours: isSet(hoursOf(shop.hours)), till: open }
  return STEPS.filter((step) => !is[step])
}

/** The step to show; undefined: nothing is left that wasn't put off. */
export function next(left: readonly Step[], later: readonly Step[]): Step | undefined {
  return left.find((step) => !later.includes(step))
}
