/**
 * What the list shows: the filters of the address, the listings they leave, and when those are on.
 */
import { untrack } from 'svelte'
import { loadLibrary, needsLibrary } from '../calendar'
import { leisure, pause } from '../sync/pause'
import { app } from '../ui/app.svelte'
import { router } from '../ui/router.svelte'
import { buildAgenda, buildToday, countDays, DAYS_AHEAD, inSlices, isOver, pick, windowFrom, type Agenda, type Occasion } from './agenda'
import { byTitle, findItems, foldItem, isListed, type Item } from './catalogue'
import { fromHash, toHash, type Filters } from './filters'
import { placeOf, type Point } from './model'
import { sectorPoints } from './near'
import { isSigns, matcher } from './search'

/** How many rows are drawn, and more on each asking. */
export const ROWS = 24

/** Of another list than before these are drawn first: what a screen has room for. The rest follow once they are seen. */
const FIRST_ROWS = 8

/** With more listings than this, today comes first. */
const LARGE_TOWN = 2_000

class Finder {
  /** Kept while another page is in front, so that the list beside it and Back find it as it was. */
  filters = $state.raw<Filters>(fromHash(''))
  agenda = $state.raw<Agenda | null>(null)
  rows = $state(FIRST_ROWS)
  /** How often every listing was made ready to be searched; until the first, what is found may be a part. */
  folded = $state(0)
  #before: { items: readonly Item[]; folded: number; words: string; found: readonly Item[] } | null = null
  #library = false

  sectors = $derived.by(() => sectorPoints(Array.from(app.live.rows('places').values(), placeOf)))

  from = $derived.by((): Point | null => {
    if (this.filters.from === 'me') return app.here
    if (this.filters.from === 'saved') return app.savedSpot ?? null
    return this.sectors.get(this.filters.from) ?? null
  })

  /** What has the words. While a person goes on typing, only what had the shorter ones is looked at again. */
  #worded = $derived.by((): readonly Item[] => {
    const { words } = this.filters
    if (words.trim() === '') return app.items
    if (isSigns(words)) return []
    const { items, folded } = { items: app.items, folded: this.folded }
    const before = this.#before
    const narrows = before?.items === items && before.folded === folded && words.startsWith(before.words)
    const matches = matcher(words)
    const found = (narrows ? before.found : items).filter((item) => item.folded !== '' && matches(item.folded))
    this.#before = { items, folded, words, found }
    return found
  })

  found = $derived(findItems(this.#worded, { ...this.filters, words: '' }, this.from))

  /** False while words are asked for and not every listing could be looked at yet. */
  searched = $derived(this.folded > 0 || this.filters.words.trim() === '')

  /** What matches, day or no day. */
  occasions = $derived(this.agenda ? pick(this.agenda, this.found.items, app.now) : [])

  /** False while only today is known. */
  whole = $derived(this.agenda?.whole ?? false)

  dayCounts = $derived(countDays(this.occasions))

  /** What the list shows, in order. */
  shown = $derived.by((): Occasion[] => {
    const day = this.agenda?.window.days.indexOf(this.filters.day) ?? -1
    return this.filters.day ? this.occasions.filter((occasion) => occasion.day === day) : this.occasions
  })

  /** What matches but has no date in the window, or needs none. */
  dateless = $derived.by((): Item[] => {
    if (this.filters.day || !this.whole) return []
    const dated = new Set(this.occasions.map((occasion) => occasion.item.listing.id))
    const window = this.agenda?.window
    return this.found.items.filter((item) => !dated.has(item.listing.id) && !(window && isOver(item, window))).sort(byTitle)
  })

  /** Follows the address while the front is open. */
  follow(): void {
    const filters = fromHash(router.hash)
    if (toHash(filters) === toHash(this.filters)) return
    this.filters = filters
    this.rows = FIRST_ROWS
  }

  /** Changes filters, and the address with them if the list is the page. `typed`: by a key of many. */
  set(change: Partial<Filters>, typed = false): void {
    this.filters = { ...this.filters, ...change }
    this.rows = FIRST_ROWS
    if (router.path === '/') router.setHash(toHash(this.filters), typed)
    else router.go(`/#${toHash(this.filters)}`)
  }

  /** Works the agenda out again; answers how to stop. */
  rebuild(items: readonly Item[], now: number, zone: string): () => void {
    let alive = true
    // An agenda of nothing would stand as the whole one when the first rows arrive, and every listing as dateless.
    if (items.length === 0) return () => undefined
    const window = windowFrom(now, zone)
    const listed = items.filter(isListed)
    const show = async (some: readonly Item[]) => {
      const agenda = await buildAgenda(some, window, () => alive)
      if (agenda && alive) this.agenda = agenda
    }
    const work = async () => {
      if (!this.agenda && listed.length > LARGE_TOWN) this.agenda = await buildToday(listed, window, () => alive)
      // It is to be seen before the rest is worked out.
      if (this.agenda) await leisure()
      if (!alive) return
      const plain = this.#library ? listed : listed.filter((item) => !needsLibrary(item.listing.schedule))
      await show(plain)
      if (alive && plain.length < listed.length) {
        // Rarer rhythms (every third of July) need a library; the list doesn't wait for it.
        this.#library = await loadLibrary().then(() => true, () => false)
        if (this.#library && alive) await show(listed)
      }
      await this.#fold(listed, () => alive)
    }
    // What it reads must not start it again.
    void untrack(work)
    return () => (alive = false)
  }

  /** Before anybody searches: the first key must not wait for ten thousand descriptions. */
  async #fold(listed: readonly Item[], alive: () => boolean): Promise<void> {
    const left = listed.filter((item) => item.folded === '')
    // The list is to be seen first.
    await leisure()
    const whole = alive() && (await inSlices(left, foldItem, alive, this.filters.words ? pause : leisure))
    if (whole && (left.length > 0 || this.folded === 0)) this.folded++
  }

  /** The first day with something, for a day that has nothing. */
  nearestDay(): { day: string; count: number } | null {
    const days = this.agenda?.window.days ?? []
    const at = days.indexOf(this.filters.day)
    for (let away = 1; away < DAYS_AHEAD; away++) {
      for (const index of [at + away, at - away]) {
        const count = this.dayCounts[index] ?? 0
        if (count > 0) return { day: days[index] as string, count }
      }
    }
    return null
  }
}

export const finder = new Finder()
