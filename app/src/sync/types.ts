/**
 * The words that screens and the sync engine share.
 */

/** One record of one collection, with its columns. `id` is 15 characters of a-z and 0-9. */
export type Row = Record<string, any> & { id: string }

/** Where a command of the outbox stands. */
export type EntryState = 'waiting' | 'sending' | 'rejected' | 'quarantined' | 'merged'

/** One thing that the person did and that isn't settled, or that they must still be told about. */
export interface Entry {
  /** Names the command for ever: 128 bits, base64url. */
  nonce: string
  /** Its place in this device's queue; changes when the queue is renumbered. 0: not in the queue any more. */
  number: number
  /** The command, as in docs/protocol.md section 8. */
  name: string
  args: any
  /** The member for whom it was done, where that is not the sender. */
  for?: string
  /** The phone's clock when the person did it, RFC 3339. */
  at: string
  state: EntryState
  /** Of a rejected or quarantined command: why, as a stable code and as a sentence for a person. */
  code?: string
  message?: string
  /** Of a merged command: how it was merged. */
  result?: any
}

/** What the engine knows about itself. */
export interface Status {
  phase: 'starting' | 'ready'
  /** The last request reached the server, or none was made and the browser believes in a network. */
  online: boolean
  syncing: boolean
  /** Milliseconds of this phone's clock at which it last had everything; null: never. */
  lastSync: number | null
  /** Commands without an outcome. */
  pending: number
  /** The browser promised to keep our storage, or the app is installed. */
  safe: boolean
  /** full: the phone has no room. blocked: the browser gives no storage, all is in memory only. */
  storage: 'ok' | 'full' | 'blocked'
  /**
   * A stable code of what keeps sync from working until somebody acts: `device_unknown` (join again),
   * `device_wiped` (all of its person is gone from it), `member_suspended`, `sums` (the server has a fault),
   * `app_old` (update the app), or a code of the server's. Null: nothing.
   */
  fault: string | null
}

/** Who this device speaks for. */
export interface Me {
  member: string
  device: string
  firstName: string
  roles: string[]
  /** The device waits to be let in; then `match` are the six digits that both screens show. */
  pending?: boolean
  match?: string
}

/** Why a command could not be saved on this device. Nothing was written. */
export class SendError extends Error {
  constructor(
    /** `too_large`, `storage_full`, `storage_blocked`, `storage_failed`. */
    readonly code: string,
    message: string,
  ) {
    super(message)
    this.name = 'SendError'
  }
}

/** Why joining failed; `code` is the server's (docs/protocol.md section 2), or `offline`, `storage_blocked`. */
export class JoinError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
    this.name = 'JoinError'
  }
}

/** Device-only facts that never sync: saved listings, settings. */
export interface LocalFacts {
  /** The value last set, or undefined. Values are what JSON can hold. */
  get(key: string): any
  /** Resolves once the value is on disk, or kept in memory where there is no storage. */
  set(key: string, value: any): Promise<void>
  /** Calls `fn` with the key after each change, from any tab. Answers how to stop. */
  subscribe(fn: (key: string) => void): () => void
}
