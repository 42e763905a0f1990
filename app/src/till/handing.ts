/**
 * Hands what a till has taken to the outbox of whoever is staff there, and learns what the server said to it. A page
 * that is killed between the two hands the same again: the server then says `duplicate`, and nothing counts twice.
 */
import type { Entry, Kith } from '../sync'
import { alone } from './chain'
import type { Kept, TillStore } from './store'

export const COMMAND = 'stamps.record'
/** Records in one command (hooks/cards). */
export const MOST = 20
/** Handed over and not answered for so long, in somebody else's turn: whoever is here asks again what became of it. */
export const AGAIN_MS = 10 * 60_000
/** Answered records stay for today's list, and so that a day's caps hold over midnight. */
const KEEP_MS = 36 * 3_600_000

/** What handing needs of the engine. */
export type Engine = Pick<Kith, 'send' | 'answers' | 'outbox' | 'dismiss' | 'rows' | 'me' | 'status'>

/** The shops that this person works in, or owns. */
export function shopsOf(engine: Pick<Engine, 'rows' | 'me'>): Set<string> {
  const me = engine.me?.member
  const mine = [...engine.rows('roles').values()].filter((row) => row.member === me && (row.role === 'owner' || row.role === 'staff'))
  return new Set(mine.map((row) => String(row.shop)))
}

/** Those that this person can hand over now, in the order of their chain. */
export function due(records: readonly Kept[], engine: Pick<Engine, 'rows' | 'me' | 'status' | 'outbox'>, now: number): Kept[] {
  const shops = shopsOf(engine)
  const me = engine.me?.member ?? ''
  const pending = new Set(engine.outbox().map((entry) => entry.nonce))
  const lost = (one: Kept) => engine.status.online && now - (one.handed ?? 0) > AGAIN_MS && !pending.has(one.nonce!)
  const waits = (one: Kept) => !one.nonce || lost(one)
  return records
    .filter((one) => !one.verdict && shops.has(one.shop) && !one.refused?.includes(me) && waits(one))
    .sort((a, b) => (a.till < b.till ? -1 : a.till > b.till ? 1 : a.seq - b.seq))
}

/** Hands over what is due. With no signal only whole commands, unless `all`: whoever is here may go. */
export function hand(engine: Engine, store: TillStore, now: number, all = false): Promise<void> {
  return alone('handing', async () => {
    const wanted = due(await store.records(), engine, now)
    if (!engine.status.online && !all) wanted.length -= wanted.length % MOST
    for (let i = 0; i < wanted.length; i += MOST) {
      const part = wanted.slice(i, i + MOST)
      const { nonce } = await engine.send(COMMAND, { records: part.map((one) => one.raw) })
      await store.mark(part.map((one) => one.id), (one) => ({ ...one, nonce, handed: now }))
    }
  })
}

/** Writes down what the server has said, and forgets what was answered long ago. */
export async function learn(engine: Engine, store: TillStore, now: number): Promise<void> {
  await takeBack(engine, store)
  const open = (await store.records()).filter((one) => one.nonce && !one.verdict)
  const pending = new Set(engine.outbox().map((entry) => entry.nonce))
  if (open.some((one) => !pending.has(one.nonce!))) {
    const said = verdictsOf((await engine.answers(COMMAND)).values())
    await store.mark(open.map((one) => one.id), (one) => told(one, said.get(one.id), engine.me?.member ?? ''))
  }
  await store.prune(now - KEEP_MS)
}

/** What only somebody else may hand over is nobody's yet: the server has kept nothing of it. */
function told(record: Kept, verdict: string | undefined, me: string): Kept | null {
  if (!verdict) return null
  return verdict === 'rejected:not_allowed' ? backFrom(record, me) : { ...record, verdict }
}

const backFrom = ({ nonce: _, handed: __, ...record }: Kept, me: string): Kept => ({ ...record, refused: [...(record.refused ?? []), me] })

function verdictsOf(results: Iterable<any>): Map<string, string> {
  const said = new Map<string, string>()
  for (const result of results) {
    for (const one of result?.verdicts ?? []) {
      // Of one that was there already it says what that is by now.
      const verdict = one.was ?? one.verdict
      if (!said.has(one.id) || verdict !== 'duplicate') said.set(one.id, verdict)
    }
  }
  return said
}

/** A command that was refused as a whole (its sender isn't staff any more) leaves its records to the next person. */
async function takeBack(engine: Engine, store: TillStore): Promise<void> {
  const me = engine.me?.member ?? ''
  const back = engine.outbox().filter((entry) => entry.name === COMMAND && (entry.state === 'rejected' || entry.state === 'quarantined'))
  for (const entry of back) await takeOne(store, entry, me).then(() => engine.dismiss(entry.nonce))
}

async function takeOne(store: TillStore, entry: Entry, me: string): Promise<void> {
  const ids = (await store.records()).filter((one) => one.nonce === entry.nonce).map((one) => one.id)
  await store.mark(ids, (one) => backFrom(one, me))
}
