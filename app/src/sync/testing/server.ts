/**
 * A small server of docs/protocol.md in memory, for tests: a state index with audiences, grants, streams,
 * outcomes, pruning, public chunks, live steps, and restores with a new epoch. It keeps its whole history,
 * so that what a device shows at a seq can be compared with what was true then.
 */
import type { Outcome } from '../wire'
import type { SyncBody, WireCommand } from '../ask'

const P = 94906249

interface Stored {
  collection: string
  id: string
  data: Record<string, any>
  seq: number
  auds: ReadonlySet<string>
}
interface Indexed {
  collection: string
  id: string
  seq: number
  live: boolean
}
interface ServerStream {
  member: string
  last: number
  outcomes: Map<number, Outcome>
}
interface Cursor {
  epoch: string
  seq: number
  /** Per audience: complete at `base`, read up to entry (`at`, `key`). */
  pos: Record<string, [base: number, at: number, key: string]>
}
interface State {
  seq: number
  rows: Map<string, Stored>
  index: Map<string, Map<string, Indexed>>
  floor: Map<string, number>
  grants: Map<string, ReadonlySet<string>>
  streams: Map<string, ServerStream>
  nonces: Map<string, Outcome>
  /** How often each nonce took effect. */
  effects: Map<string, number>
}

const END = '\uffff'
const PRIORITY = ['member/', 'host/', 'activators', 'public']

export class TestServer {
  epoch = 'epoch1'
  state: State = emptyState()
  now = Date.UTC(2026, 5, 1, 9)
  /** Attempts of commands named `fail`, by nonce. */
  #attempts = new Map<string, number>()
  #history = new Map<string, { rows: Map<string, Stored>; grants: Map<string, ReadonlySet<string>> }>()

  constructor() {
    this.#record()
  }

  put(collection: string, id: string, data: Record<string, any>, auds: readonly string[]): void {
    this.#transact(() => this.#put(collection, id, data, auds))
  }

  remove(collection: string, id: string): void {
    this.#transact(() => this.#remove(collection, id))
  }

  grant(member: string, auds: readonly string[]): void {
    this.#transact(() => this.state.grants.set(member, new Set(auds)))
  }

  grants(member: string): ReadonlySet<string> {
    return this.state.grants.get(member) ?? new Set(['public'])
  }

  /** Forgets half of the tombstones: who asks from before them is reset. */
  prune(): void {
    for (const [aud, entries] of this.state.index) {
      const dead = [...entries].filter(([, entry]) => !entry.live).sort((a, b) => a[1].seq - b[1].seq)
      for (const [key, entry] of dead.slice(0, Math.ceil(dead.length / 2))) {
        entries.delete(key)
        this.state.floor.set(aud, Math.max(this.state.floor.get(aud) ?? 0, entry.seq))
      }
    }
  }

  backup(): State {
    return structuredClone(this.state)
  }

  restore(backup: State): void {
    this.state = structuredClone(backup)
    this.epoch = `epoch${Number(this.epoch.slice(5)) + 1}`
    this.#record()
  }

  /** What `member` may see at a seq of an epoch: 'collection/id' → data and audiences. */
  truth(member: string, epoch = this.epoch, seq = this.state.seq): Map<string, { data: any; auds: string[] }> {
    const then = this.#history.get(`${epoch}/${seq}`)
    if (!then) throw new Error(`no history of ${epoch}/${seq}`)
    const granted = member === '' ? new Set(['public']) : (then.grants.get(member) ?? new Set(['public']))
    const seen = new Map<string, { data: any; auds: string[] }>()
    for (const [key, row] of then.rows) {
      const auds = [...row.auds].filter((aud) => granted.has(aud)).sort()
      if (auds.length > 0) seen.set(key, { data: row.data, auds })
    }
    return seen
  }

  /** Answers `POST /api/sync` with pages of at most `limit` rows. */
  sync(member: string, body: SyncBody, limit = 1000): string {
    const { outcomes, stop } = this.#push(member, body)
    return this.#lines([{ head: this.#head() }, ...outcomes, ...(stop ? [{ stop }] : []), ...this.#pull(this.grants(member), readCursor(body.cursor), limit)])
  }

  /** Answers a public chunk; `path` as in protocol section 5. */
  chunk(path: string, limit = 1000): string {
    const at = decodeURIComponent(path.split('/').pop()!)
    const lines = this.#pull(new Set(['public']), at === '0' ? null : readCursor(at), limit)
    const end = (lines.at(-1) as any).end
    end.next = `/api/sync/public/${this.epoch}/0/${end.cursor}`
    return this.#lines([{ head: this.#head() }, ...lines])
  }

  /** The lines of one live step from a cursor to the present; null where only a poke will do. */
  frame(member: string, text: string): object[] | null {
    const cursor = readCursor(text)
    const granted = this.grants(member)
    if (!cursor || cursor.epoch !== this.epoch || !sameKeys(cursor.pos, granted)) return null
    const lines = this.#pull(granted, cursor, Infinity)
    if (lines.some((line: any) => line.reset || line.drop)) return null
    const end = { end: { cursor: (lines.at(-1) as any).end.cursor, done: true } }
    return [{ frame: { from: cursor.seq, to: this.state.seq } }, ...lines.slice(0, -1), end]
  }

  #head() {
    return { protocol: 1, epoch: this.epoch, seq: this.state.seq, now: new Date(this.now).toISOString(), schema: [1, 1] }
  }

  #lines(lines: readonly object[]): string {
    return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  }

  #push(member: string, body: SyncBody) {
    const { streams } = this.state
    let stream = streams.get(body.stream)
    if (!stream) streams.set(body.stream, (stream = { member, last: 0, outcomes: new Map() }))
    let stop: object | null = null
    for (const command of body.commands) {
      stop = this.#command(member, stream, command)
      if (stop) break
    }
    return { outcomes: this.#outcomes(body.stream, body.ack), stop }
  }

  #outcomes(stream: string, ack: number): object[] {
    const known = this.state.streams.get(stream)?.outcomes ?? new Map<number, Outcome>()
    return [...known].filter(([number]) => number > ack).map(([number, outcome]) => ({ outcome: { ...outcome, number } }))
  }

  #command(member: string, stream: ServerStream, command: WireCommand): object | null {
    const known = this.state.nonces.get(command.nonce)
    if (known) {
      stream.last = Math.max(stream.last, command.number)
      stream.outcomes.set(command.number, known)
      return null
    }
    if (command.number <= stream.last) return { number: command.number, reason: 'fork', last: stream.last }
    if (command.number > stream.last + 1) return { number: command.number, reason: 'gap', last: stream.last }
    const attempts = (this.#attempts.get(command.nonce) ?? 0) + 1
    this.#attempts.set(command.nonce, attempts)
    if (command.name === 'fail' && attempts < 3) return { number: command.number, reason: 'retry', last: stream.last, retryAfterMs: 5 }
    this.#transact(() => {
      const outcome = { number: command.number, nonce: command.nonce, seq: this.state.seq, ...this.#run(member, command) } as Outcome
      stream.last = command.number
      stream.outcomes.set(command.number, outcome)
      this.state.nonces.set(command.nonce, outcome)
      this.state.effects.set(command.nonce, (this.state.effects.get(command.nonce) ?? 0) + 1)
    })
    return null
  }

  #run(member: string, { name, args }: WireCommand): Partial<Outcome> {
    if (name === 'fail') return { status: 'quarantined', code: 'quarantined' }
    if (name === 'refuse') return { status: 'rejected', code: 'not_allowed', message: 'No.' }
    if (name === 'visits.come') {
      if (this.state.rows.has(`visits/${args.id}`)) return { status: 'rejected', code: 'id_taken' }
      this.#put('visits', args.id, { ...args, status: 'coming' }, [`member/${member}`, `host/${args.listing}`])
      return { status: 'ok' }
    }
    if (name === 'put') this.#put(args.collection, args.id, { id: args.id, v: args.v }, args.auds)
    if (name === 'remove') this.#remove(args.collection, args.id)
    return { status: args.merged ? 'merged' : 'ok', ...(args.answer ? { result: args.answer } : {}) }
  }

  #put(collection: string, id: string, data: Record<string, any>, auds: readonly string[]): void {
    const key = `${collection}/${id}`
    const before = this.state.rows.get(key)
    this.state.rows.set(key, { collection, id, data: { ...data, id }, seq: this.state.seq, auds: new Set(auds) })
    for (const aud of auds) this.#index(aud, key, true)
    for (const aud of before?.auds ?? []) if (!auds.includes(aud)) this.#index(aud, key, false)
  }

  #remove(collection: string, id: string): void {
    const key = `${collection}/${id}`
    const before = this.state.rows.get(key)
    this.state.rows.delete(key)
    for (const aud of before?.auds ?? []) this.#index(aud, key, false)
  }

  #index(aud: string, key: string, live: boolean): void {
    const [collection, id] = key.split('/') as [string, string]
    if (!this.state.index.has(aud)) this.state.index.set(aud, new Map())
    this.state.index.get(aud)!.set(key, { collection, id, seq: this.state.seq, live })
  }

  #transact(fn: () => void): void {
    this.state.seq += 1
    fn()
    this.#record()
  }

  #record(): void {
    this.#history.set(`${this.epoch}/${this.state.seq}`, { rows: new Map(this.state.rows), grants: new Map(this.state.grants) })
  }

  #pull(granted: ReadonlySet<string>, given: Cursor | null, limit: number): object[] {
    const cursor = given?.epoch === this.epoch ? given : null
    const lines: object[] = Object.keys(given?.pos ?? {}).filter((aud) => !granted.has(aud)).map((drop) => ({ drop }))
    const pos: Cursor['pos'] = {}
    let left = limit
    let done = true
    for (const aud of [...granted].sort(byPriority)) {
      const page = this.#scan(aud, cursor?.pos[aud], left)
      lines.push(...page.lines)
      pos[aud] = page.pos
      left -= page.rows
      done &&= page.done
    }
    if (done) for (const aud of granted) pos[aud] = [this.state.seq, this.state.seq, END]
    const next = writeCursor({ epoch: this.epoch, seq: done ? this.state.seq : (cursor?.seq ?? 0), pos })
    return [...lines, { end: { cursor: next, done, ...(done ? { sums: this.#sums(granted) } : {}) } }]
  }

  #scan(aud: string, from: [number, number, string] | undefined, left: number) {
    const reset = !from || (this.state.floor.get(aud) ?? 0) > from[0]
    const [base, at, key] = reset ? [this.state.seq, 0, ''] : from
    const lines: object[] = reset ? [{ reset: aud }] : []
    let pos: [number, number, string] = [base, at, key]
    let rows = 0
    const entries = [...(this.state.index.get(aud) ?? [])].sort((a, b) => a[1].seq - b[1].seq || (a[0] < b[0] ? -1 : 1))
    for (const [entryKey, entry] of entries) {
      if (entry.seq < at || (entry.seq === at && entryKey <= key)) continue
      if (!entry.live && entry.seq <= base) continue
      if (rows >= left) return { lines, pos, rows, done: false }
      const { collection, id, seq } = entry
      lines.push(entry.live ? { row: [aud, collection, id, seq, this.state.rows.get(entryKey)!.data] } : { gone: [aud, collection, id, seq] })
      pos = [base, seq, entryKey]
      rows += 1
    }
    return { lines, pos: [base, this.state.seq, END] as [number, number, string], rows, done: true }
  }

  #sums(granted: ReadonlySet<string>): Record<string, [number, number]> {
    const sums: Record<string, [number, number]> = {}
    for (const aud of granted) {
      const live = [...(this.state.index.get(aud)?.values() ?? [])].filter((entry) => entry.live)
      sums[aud] = [live.length, live.reduce((sum, { seq }) => sum + ((((seq * seq) % P) * seq) % P), 0)]
    }
    return sums
  }
}

function emptyState(): State {
  return {
    seq: 0, rows: new Map(), index: new Map(), floor: new Map(), grants: new Map(), streams: new Map(), nonces: new Map(), effects: new Map(),
  }
}

function byPriority(a: string, b: string): number {
  const rank = (aud: string) => PRIORITY.findIndex((prefix) => aud.startsWith(prefix))
  return rank(a) - rank(b) || (a < b ? -1 : 1)
}

function sameKeys(pos: object, granted: ReadonlySet<string>): boolean {
  const keys = Object.keys(pos)
  return keys.length === granted.size && keys.every((key) => granted.has(key))
}

function writeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url')
}

function readCursor(text: string): Cursor | null {
  return text === '' ? null : JSON.parse(Buffer.from(text, 'base64url').toString())
}
