import { SendError, type Entry, type LocalFacts, type Me, type Row, type Status } from './types'

export interface OpenOptions {
  /** Name of the database on this device. */
  name?: string
}

const NOTHING: ReadonlyMap<string, Row> = new Map()

export class Kith {
  static async open(_options: OpenOptions = {}): Promise<Kith> {
    return new Kith()
  }
  rows(_collection: string): ReadonlyMap<string, Row> {
    return NOTHING
  }
  audiences(_collection: string, _id: string): readonly string[] {
    return []
  }
  seq = 0
  status: Status = {
    phase: 'ready', online: false, syncing: false, lastSync: null, pending: 0, safe: false, storage: 'blocked', fault: null,
  }
  me: Me | null = null
  local: LocalFacts = { get: () => undefined, set: async () => undefined, subscribe: () => () => undefined }
  subscribe(_fn: (changed: ReadonlySet<string>) => void): () => void {
    return () => undefined
  }
  async send(_name: string, _args: object): Promise<Entry> {
    throw new SendError('storage_blocked', 'This browser gives no storage.')
  }
  outbox(): readonly Entry[] {
    return []
  }
  async dismiss(_nonce: string): Promise<void> {}
  async resend(_nonce: string, args: object): Promise<Entry> {
    return this.send('', args)
  }
  async withdraw(_nonce: string): Promise<boolean> {
    return false
  }
  async join(_invite: string, _firstName: string, _deviceName: string): Promise<Me> {
    throw new SendError('storage_blocked', 'This browser gives no storage.')
  }
  async leave(): Promise<void> {}
  async syncNow(): Promise<void> {}
}
