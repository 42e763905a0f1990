/**
 * The one state that screens share: the engine, the clock, the community, and every listing ready to be found.
 */
import { LiveKith } from '../sync/live.svelte'
import type { Entry, Kith, Row } from '../sync'
import { itemOf, type Item } from '../listings/catalogue'
import type { Point } from '../listings/model'
import type { Bridge } from '../sw/bridge'
import type { Turn } from '../turns/begin'
import { dayOf } from './dates'
import { waitingOf } from './waiting'

/** The browser's own offer to put the app on the home screen. */
interface InstallOffer extends Event {
  prompt(): Promise<unknown>
}

/** What `communities` says, with every part. */
export interface Community {
  name: string
  area: string
  zone: string
  definition: string
  attributions: { text: string; url: string }[]
  demo: boolean
}

const NOWHERE: Community = { name: '', area: '', zone: 'Europe/London', definition: '', attributions: [], demo: false }

class App {
  #live = $state.raw<LiveKith | null>(null)
  /** Milliseconds, moved on every half minute: what is over leaves the list by itself. */
  now = $state(Date.now())
  bridge = $state.raw<Bridge | null>(null)
  updateReady = $state(false)
  /** The browser has thrown away what somebody who had joined kept here. */
  cleared = $state(false)
  /** The turn of whoever is here, on a shared device; null: the device is one person's. */
  turn = $state.raw<Turn | null>(null)
  /** Where the person is, if they asked; in memory only. */
  here = $state.raw<Point | null>(null)
  /** Where the browser lets a button put the app on the home screen. */
  offer = $state.raw<InstallOffer | null>(null)
  /** Said once by screen readers, politely. */
  said = $state('')

  #items = new Map<string, { row: Row; place: Row | undefined; organisation: Row | undefined; item: Item }>()

  community = $derived.by((): Community => {
    const row = [...this.live.rows('communities').values()][0]
    if (!row) return NOWHERE
    return {
      name: row.name || '', area: row.area || '', zone: row.zone || NOWHERE.zone, definition: row.definition || '',
      attributions: Array.isArray(row.attributions) ? row.attributions : [], demo: row.demo === true,
    }
  })
  communityId = $derived([...this.live.rows('communities').keys()][0] ?? '')
  zone = $derived(this.community.zone)
  today = $derived(dayOf(this.now, this.zone))
  items = $derived.by((): Item[] => this.#joinAll())
  /** Ids of listings that this member hosts; one that was added just now, on this phone, too. */
  hosted = $derived.by((): Set<string> => {
    // Who isn't one of those who run it holds none of them.
    const mine = [...this.live.rows('hosts').values()]
    const added = this.live.outbox().filter((entry) => entry.name === 'listings.add' && entry.state !== 'rejected')
    return new Set([...mine.map((row) => row.listing as string), ...added.map((entry) => entry.args.id as string)])
  })
  isHost = $derived(this.hosted.size > 0 || (this.live.me?.roles ?? []).some((role) => role === 'activator' || role === 'coordinator'))
  /** What the navigation has room for follows from it. */
  doing = $derived({ roles: this.live.me?.roles ?? [], host: this.isHost, circles: this.live.rows('circles').size > 0 })
  /** The member for whom this person acts just now, with their consent; '' when they are themselves. */
  acting = $derived.by((): string => {
    const who = this.live.local('acting') as string | undefined
    const me = this.live.me?.member
    if (!who || !me) return ''
    const allowed = [...this.live.rows('consents').values()].some((row) => row.member === who && row.helper === me && row.status === 'active' && Date.parse(row.until) > this.now)
    return allowed ? who : ''
  })
  /** At the responders' desk; nothing, for everybody else. */
  waiting = $derived(waitingOf(this.live.rows('concerns').values()))
  /** How much this person was told and has not read. */
  fresh = $derived([...this.live.rows('notices').values()].filter((row) => !row.read).length)
  savedSpot = $derived(this.live.local('spot') as Point | undefined)
  saved = $derived((this.live.local('saved') as string[] | undefined) ?? [])

  open(kith: Kith): void {
    this.#live = new LiveKith(kith)
    setInterval(() => (this.now = Date.now()), 30_000)
    addEventListener('beforeinstallprompt', (event) => {
      event.preventDefault()
      this.offer = event as InstallOffer
    })
    kith.subscribe((changed) => {
      if (changed.has('@outbox')) this.#settle()
    })
    this.#settle()
    if (kith.local.get('leaving')) void import('../you/going').then(({ follow }) => follow(), () => undefined)
  }

  async install(): Promise<void> {
    await this.offer?.prompt()
    this.offer = null
  }

  /**
   * Saying "I'd like to come" again changes what was said, and who joins twice is in: that it was merged is what the
   * person wanted. Of a turn it needs telling only where it came out otherwise.
   */
  #settle(): void {
    for (const { state, name, nonce, result } of this.kith.outbox()) {
      if (state === 'merged' && /^(visits.come|hosts|circles|turns|swaps)/.test(name) && !result?.taken && !result?.yours) void this.kith.dismiss(nonce)
    }
  }

  get live(): LiveKith {
    if (!this.#live) throw new Error('the app is not open yet')
    return this.#live
  }

  get kith(): Kith {
    return this.live.kith
  }

  /** One listing, whatever its status; null: there is none on this phone. */
  item(id: string): Item | null {
    const row = this.live.rows('listings').get(id)
    return row ? this.#join(row, this.live.rows('places'), this.live.rows('organisations')) : null
  }

  /** Whether a visit is of the person who uses this phone now, or of whom they act for. */
  isOwnVisit(id: string): boolean {
    const holders = this.live.audiences('visits', id)
    return this.acting ? holders.includes(`helped/${this.acting}`) || holders.includes(`member/${this.acting}`) : holders.includes(`member/${this.live.me?.member ?? ''}`)
  }

  /** Sends what is done for the person acted for, if there is one. */
  sendFor(name: string, args: object): Promise<Entry> {
    return this.acting ? this.kith.send(name, args, { for: this.acting }) : this.kith.send(name, args)
  }

  async toggleSaved(id: string): Promise<void> {
    const next = this.saved.includes(id) ? this.saved.filter((one) => one !== id) : [...this.saved, id]
    await this.kith.local.set('saved', next)
  }

  /** Says something to a screen reader without moving anything. */
  say(text: string): void {
    this.said = text
  }

  #joinAll(): Item[] {
    const places = this.live.rows('places')
    const organisations = this.live.rows('organisations')
    const listings = this.live.rows('listings')
    for (const id of this.#items.keys()) if (!listings.has(id)) this.#items.delete(id)
    return Array.from(listings.values(), (row) => this.#join(row, places, organisations))
  }

  /** A join is made again only when one of its rows is another object. */
  #join(row: Row, places: ReadonlyMap<string, Row>, organisations: ReadonlyMap<string, Row>): Item {
    const place = places.get(row.place)
    const organisation = organisations.get(row.organisation)
    const known = this.#items.get(row.id)
    if (known && known.row === row && known.place === place && known.organisation === organisation) return known.item
    const item = itemOf(row, places, organisations)
    this.#items.set(row.id, { row, place, organisation, item })
    return item
  }
}

export const app = new App()
