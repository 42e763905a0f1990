/** A till on a counter, for tests: a store of its own, a clock that is moved, and a community's rows. */
import type { Row } from '../../sync'
import { factsOf } from '../facts'
import { formats } from '../formats'
import { TillStore, type Till } from '../store'
import { Taking, type Facts } from '../taking'
import { COMMUNITY, Issuer, NOW, SHOP } from './issuer'

let count = 0

/** The server's word about a till, as far as this device reads it. */
export function word(until: number, kid = '7'): string {
  const part = (what: object) => Buffer.from(JSON.stringify(what)).toString('base64url')
  return `${part({ kid })}.${part({ exp: until / 1000 })}.x`
}

export class TestTill {
  now = NOW
  offset = 0
  online = false
  collections = new Map<string, Map<string, Row>>()

  private constructor(
    readonly name: string,
    readonly issuer: Issuer,
    public store: TillStore,
  ) {}

  static async open(scheme: object = {}): Promise<TestTill> {
    const name = `till ${++count}`
    const issuer = await Issuer.make()
    const here = new TestTill(name, issuer, await TillStore.open(name))
    here.put('communities', { id: COMMUNITY, cardKeys: issuer.set.keys, scheme, zone: 'Europe/London' })
    here.put('rewards', { id: 'rewardcoffee000', title: 'A coffee', shops: [{ shop: SHOP, share: 100 }], pence: 350 })
    return here
  }

  put(collection: string, row: Row): void {
    this.collections.set(collection, new Map(this.collections.get(collection)).set(row.id, row))
  }

  rows = (collection: string): ReadonlyMap<string, Row> => this.collections.get(collection) ?? new Map()

  async addTill(id: string, more: Partial<Till> = {}): Promise<Till> {
    const keys = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])) as CryptoKeyPair
    const till: Till = { id, shop: SHOP, name: 'Counter', keys, token: word(NOW + 30 * 86_400_000), seq: 0, head: '', opened: this.now, ended: false, ...more }
    await this.store.add(till)
    return till
  }

  taking(till: string, facts: Partial<Facts> = {}): Taking {
    const clock = { now: () => this.now - this.offset, offset: () => this.offset }
    return new Taking(this.store, till, formats(this.rows), clock, () => ({ ...factsOf(this.rows, this.online), ...facts }))
  }

  /** Another page of the same device. */
  async reopen(): Promise<void> {
    this.store.close()
    this.store = await TillStore.open(this.name)
  }
}
