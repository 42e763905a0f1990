/**
 * The sync engine's one door for screens.
 *
 * Open it once at start with `Kith.open()`; read with `rows()`, write with `send()`. Everything else that
 * this folder holds is the engine's own business.
 */
export { Kith, type OpenOptions } from './kith'
export type { Left } from './left'
export { newId } from './ids'
export { JoinError, SendError, type Entry, type EntryState, type LocalFacts, type Me, type Row, type Status } from './types'
