/**
 * The effects that only somebody who has joined can need. They come in a file of their own, after the first
 * screen, so that a visitor's first visit stays small.
 */
import type { Effect } from '../overlay'
import { asks } from './asks'
import { buddies } from './buddies'
import { cards } from './cards'
import { circles } from './circles'
import { concerns } from './concerns'
import { desk } from './desk'
import { hosting } from './hosting'
import { listening } from './listening'
import { notices } from './notices'
import { phone } from './phone'
import { registers } from './registers'
import { residents } from './residents'

export const later: Readonly<Record<string, Effect>> = { ...asks, ...buddies, ...cards, ...circles, ...concerns, ...desk, ...hosting, ...listening, ...notices, ...phone, ...registers, ...residents }
