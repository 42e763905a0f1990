/**
 * How a device becomes a shop's till: a key that never leaves it, a command that names it, and the server's word that
 * comes back as a row. The word is kept beside the key, so that the till works for whoever takes the next turn.
 */
import { newId } from '../sync/ids'
import type { Row } from '../sync'
import { shopsOf, type Engine } from './handing'
import type { Till, TillStore } from './store'
import { endOf, said } from './word'

/** Asked for anew so long before its word ends. */
const RENEW_MS = 10 * 86_400_000
export const LONGEST_NAME = 40

/** The key as it is sent. */
async function publicKey(keys: CryptoKeyPair): Promise<object> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', keys.publicKey)
  return { kty, crv, x, y }
}

/** Makes a till of this device. The key is on disk before the server is told of it. */
export async function openTill(engine: Engine, store: TillStore, shop: string, name: string, now: number): Promise<void> {
  const keys = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])) as CryptoKeyPair
  const till: Till = { id: newId(), shop, name, keys, token: '', seq: 0, head: '', opened: now, ended: false }
  await store.add(till)
  await askFor(engine, till)
}

async function askFor(engine: Engine, { id, shop, name, keys }: Till): Promise<void> {
  await engine.send('tills.open', { id, shop, key: await publicKey(keys), name })
}

/** The till that this device is for a shop: the newest that hasn't ended, or else the newest. */
export function tillFor(tills: readonly Till[], shop: string): Till | undefined {
  const here = tills.filter((one) => one.shop === shop).sort((a, b) => b.opened - a.opened)
  return here.find((one) => !one.ended) ?? here[0]
}

/** Keeps what the rows say of this device's tills. `ended`: ids on the list of what was revoked. */
export async function follow(engine: Engine, store: TillStore, revoked: readonly string[]): Promise<void> {
  const rows = engine.rows('tills')
  for (const till of await store.tills()) {
    const row: Row | undefined = rows.get(till.id)
    const ended = till.ended || Boolean(row?.ended) || revoked.includes(till.id)
    const token = (row?.token as string) || till.token
    const name = (row?.name as string) || till.name
    if (ended !== till.ended || token !== till.token || name !== till.name) await store.change(till.id, () => ({ ended, token, name }))
  }
  await askAgain(engine, store, rows)
  // The same till, asked for twice: there is nothing to tell anybody.
  for (const entry of engine.outbox()) if (entry.name === 'tills.open' && entry.state === 'merged') await engine.dismiss(entry.nonce)
}

/** A page that died between the key and the command: the same till is asked for again. */
async function askAgain(engine: Engine, store: TillStore, rows: ReadonlyMap<string, Row>): Promise<void> {
  const shops = shopsOf(engine)
  const asked = new Set(engine.outbox().flatMap((entry) => (entry.name === 'tills.open' ? [entry.args.id] : [])))
  for (const till of await store.tills()) {
    if (!till.token && !till.ended && shops.has(till.shop) && !rows.has(till.id) && !asked.has(till.id)) await askFor(engine, till)
  }
}

/** Why the server didn't open it, with the command that said so; null: it didn't refuse. */
export function refusalOf(engine: Pick<Engine, 'outbox'>, till: string): { nonce: string; message: string } | null {
  const entry = engine.outbox().find((one) => one.name === 'tills.open' && one.args.id === till && (one.state === 'rejected' || one.state === 'quarantined'))
  return entry ? { nonce: entry.nonce, message: entry.message ?? '' } : null
}

/**
 * Asks for a new word in time, and where the key that gave it counts no more: once a page, and while there is a signal.
 * `counts`: whether a key of the community still does.
 */
export async function renew(engine: Engine, store: TillStore, asked: Set<string>, now: number, counts: (kid: number) => boolean): Promise<void> {
  if (!engine.status.online) return
  const shops = shopsOf(engine)
  for (const till of await store.tills()) {
    const soon = till.token !== '' && !till.ended && (endOf(till.token) - now < RENEW_MS || !counts(Number(said(till.token, 0).kid)))
    if (!soon || asked.has(till.token) || !shops.has(till.shop)) continue
    asked.add(till.token)
    await engine.send('tills.renew', { id: till.id })
  }
}
