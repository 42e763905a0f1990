/**
 * The effects that only somebody who has joined can need. They come in a file of their own, after the first
 * screen, so that a visitor's first visit stays small.
 */
import type { Effect } from '../overlay'
import { desk } from './desk'
import { residents } from './residents'

export const later: Readonly<Record<string, Effect>> = { ...desk, ...residents }
