/**
 * The register of one session as this phone shows it, and what can be said of it. Every tick shows at once and goes when
 * there is signal; the last one can be taken back.
 */
import type { Occurrence } from '../calendar'
import { newId, type SendError } from '../sync'
import { derived } from '../sync/effects/derived'
import { app } from '../ui/app.svelte'
import { door as said } from '../words/door'
import { answersOf, HEADS, keepSeen, keptOf, newsOf, readSeen, seenKey, seenNow, withSaid, type News, type Seen } from './news'
import { countHere, peopleOf, registerOf, type Person, type State } from './people'

/** What can be taken back. */
interface Last {
  words: string
  nonce: string
  back: () => Promise<unknown>
}

export class Door {
  failure = $state('')
  last = $state.raw<Last | null>(null)
  /** Lines, and `heads` or `taken`, that this phone is saying something of this very moment. */
  #saying = $state.raw<readonly string[]>([])

  register = $derived.by(() => registerOf(app.live.rows('registers'), this.listing, this.when.key))
  people = $derived.by((): Person[] =>
    peopleOf({
      listing: this.listing,
      occurrence: this.when.key,
      visits: app.live.rows('visits').values(),
      regulars: app.live.rows('regulars'),
      marks: app.live.rows('marks'),
      registers: app.live.rows('registers'),
      pairings: app.live.rows('pairings').values(),
      someone: said.someone,
    }),
  )
  here = $derived(countHere(this.people))
  heads = $derived(Number(this.register?.heads ?? 0))
  taken = $derived(this.register?.state === 'taken')
  #seen = $derived.by((): Seen | undefined => readSeen(app.live.local(seenKey), this.id))
  #answers = $derived.by(() => answersOf(app.live.outbox(), this.listing, this.when.key))
  /** What another phone changed, until it was read. */
  news = $derived.by((): News[] => {
    if (!this.#seen) return []
    const lineOf = (mark: string) => {
      const line = app.live.rows('regulars').get(app.live.rows('marks').get(mark)?.regular)
      return line && { regular: line.id, name: String(line.firstName) }
    }
    return [...newsOf(this.#seen, this), ...keptOf(this.#answers, this.#seen, lineOf)].filter(({ key }) => !this.#saying.includes(key))
  })
  refused = $derived(app.live.outbox().some(({ name, state, args }) => state === 'rejected' && name.startsWith('registers.') && args.listing === this.listing && args.occurrence === this.when.key))

  constructor(
    readonly listing: string,
    readonly when: Occurrence,
  ) {}

  get id(): string {
    return this.register?.id ?? derived('register', this.listing, this.when.key)
  }

  get #day(): string {
    return this.when.key.slice(0, 10)
  }

  /** Whoever opens a door for the first time has been told all that is there. */
  async begin(): Promise<void> {
    if (!this.#seen) await this.#keep(seenNow(this.#day, this))
  }

  /** Answers go first: a phone that dies between the two says it once more, and leaves none for ever among what needs a look. */
  async read(): Promise<void> {
    const seen = seenNow(this.#day, this, this.#seen)
    for (const { nonce } of this.#answers) await app.kith.dismiss(nonce)
    await this.#keep(seen)
  }

  /** Here, or not ticked after all. */
  async tap(person: Person): Promise<void> {
    await this.say(person, person.state === 'here' ? 'none' : 'here')
  }

  async say(person: Person, state: State): Promise<void> {
    if (person.regular === '') return this.#come(person)
    const before = person.state
    await this.#mark(person.regular, { state }, said.did(person.name, said.states[state]), { state: before })
  }

  async tick(person: Person, column: 'first' | 'welcomed', value: boolean): Promise<void> {
    await this.#mark(person.regular, { [column]: value }, said.did(person.name, said[column === 'first' ? 'firstTime' : 'wasWelcomed']), { [column]: !value })
  }

  /** Whoever is welcomed is here. */
  async welcome(person: Person): Promise<void> {
    if (person.state !== 'here') await this.say(person, 'here')
    const now = this.people.find(({ key }) => key === person.key)
    if (now?.regular) await this.tick(now, 'welcomed', !person.welcomed)
  }

  async introduce(person: Person, to: string): Promise<void> {
    await this.#mark(person.regular, { introduced: to, welcomed: true }, said.did(person.name, said.wasIntroduced(to)), { introduced: person.introduced, welcomed: person.welcomed })
  }

  /** Somebody who was on no list. Answers false, where it could not even be saved. */
  async add(firstName: string, first: boolean): Promise<boolean> {
    return this.#add({ id: newId(), firstName, ...(first ? { first } : {}) })
  }

  async rename(person: Person, firstName: string): Promise<void> {
    await this.#send('regulars.rename', { id: person.regular, firstName })
  }

  async end(person: Person): Promise<void> {
    await this.#did('regulars.end', { id: person.regular }, said.did(person.name, said.end), () => this.#send('regulars.back', { id: person.regular }))
  }

  async same(person: Person, other: Person): Promise<void> {
    await this.#send('regulars.same', { id: person.regular, as: other.regular })
    this.last = null
  }

  async count(heads: number): Promise<void> {
    const shown = String(this.heads)
    await this.#saySelf(HEADS, (seen) => withSaid(seen, HEADS, String(heads), shown), () => this.#send('registers.count', { ...this.#session, heads }))
  }

  async take(): Promise<void> {
    await this.#saySelf('taken', (seen) => ({ ...seen, taken: true }), () => this.#send('registers.take', this.#session))
    this.last = null
  }

  async reopen(): Promise<void> {
    await this.#saySelf('taken', (seen) => ({ ...seen, taken: false }), () => this.#send('registers.open', this.#session))
  }

  /** Takes the last thing back: out of the queue if it is still there, else by saying what was before. */
  async undo(): Promise<void> {
    const last = this.last
    if (!last) return
    this.last = null
    await last.back()
    app.say(said.undone)
  }

  get #session(): { listing: string; occurrence: string } {
    return { listing: this.listing, occurrence: this.when.key }
  }

  /** Who said they'd come, and is on no list yet. */
  async #come(person: Person): Promise<void> {
    await this.#add({ id: newId(), firstName: person.name, visit: person.visit, ...(person.first ? { first: true } : {}) })
  }

  async #add(args: { id: string; firstName: string; visit?: string; first?: boolean }): Promise<boolean> {
    const { id, firstName } = args
    const back = async (nonce: string) => {
      if (await app.kith.withdraw(nonce)) return
      await this.#mark(id, { state: 'none' })
      await this.#send('regulars.end', { id })
    }
    return this.#saySelf(id, (seen) => withSaid(seen, id, 'here', 'none'), () => this.#did('registers.add', { ...this.#session, ...args }, said.did(firstName, said.states.here), back))
  }

  async #mark(regular: string, columns: object, words = '', before?: Record<string, unknown>): Promise<void> {
    const send = (what: object, words: string, back?: (nonce: string) => Promise<unknown>) => this.#did('registers.mark', { ...this.#session, marks: [{ regular, ...what }] }, words, back)
    const saying = (what: { state?: State }) => {
      const shown = this.people.find((one) => one.regular === regular)?.state ?? 'none'
      return (seen: Seen) => (what.state ? withSaid(seen, regular, what.state, shown) : seen)
    }
    const back = before && (async (nonce: string) => {
      await this.#saySelf(regular, saying(before), async () => (await app.kith.withdraw(nonce)) || send(before, ''))
    })
    await this.#saySelf(regular, saying(columns), () => send(columns, words, back))
  }

  async #did(name: string, args: object, words: string, back?: (nonce: string) => Promise<unknown>): Promise<boolean> {
    const nonce = await this.#send(name, args)
    if (nonce && words && back) this.last = { words, nonce, back: () => back(nonce) }
    if (nonce && words) app.say(words)
    return nonce !== ''
  }

  /** Saves a command; '' where it could not be, and `failure` says why. */
  async #send(name: string, args: object): Promise<string> {
    this.failure = ''
    try {
      return (await app.kith.send(name, args)).nonce
    } catch (error) {
      this.failure = (error as SendError).message
      return ''
    }
  }

  /** What is said here is no news here: it is noted beside, and nothing is told of it meanwhile. */
  async #saySelf<T>(key: string, after: (seen: Seen) => Seen, work: () => Promise<T>): Promise<T> {
    this.#saying = [...this.#saying, key]
    try {
      const done = await work()
      await this.#keep(after(readSeen(app.kith.local.get(seenKey), this.id) ?? seenNow(this.#day, this)))
      return done
    } finally {
      const at = this.#saying.indexOf(key)
      this.#saying = this.#saying.filter((_, i) => i !== at)
    }
  }

  #keep(seen: Seen): Promise<void> {
    return keepSeen(app.kith.local, this.id, seen, app.now)
  }
}
