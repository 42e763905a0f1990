/**
 * What the list shows: the filters of the address, the listings they leave, and when those are on.
 */
import { loadLibrary, needsLibrary } from '../calendar'
import { app } from '../ui/app.svelte'
import { router } from '../ui/router.svelte'
import { buildAgenda, countDays, DAYS_AHEAD, inSlices, pick, windowFrom, type Agenda, type Occasion } from './agenda'
import { findItems, foldItem, isListed, type Item } from './catalogue'
import { fromHash, toHash, type Filters } from './filters'
import { placeOf, type Point } from './model'
import { sectorPoints } from './near'

/** How many rows are drawn at first, and more on each asking. */
export const ROWS = 24

class Finder {
  /** Kept while another page is in front, so that the list beside it and Back find it as it was. */
  filters = $state.raw<Filters>(fromHash(''))
  agenda = $state.raw<Agenda | null>(null)
  rows = $state(ROWS)
  #library = false

  sectors = $derived.by(() => sectorPoints(Array.from(app.live.rows('places').values(), placeOf)))

  from = $derived.by((): Point | null => {
    if (this.filters.from === 'me') return app.here
    if (this.filters.from === 'saved') return app.savedSpot ?? null
    return this.sectors.get(this.filters.from) ?? null
  })

  found = $derived(findItems(app.items, this.filters, this.from))

  /** What matches, day or no day. */
  occasions = $derived(this.agenda ? pick(this.agenda, this.found.items, app.now) : [])

  dayCounts = $derived(countDays(this.occasions))

  /** What the list shows, in order. */
  shown = $derived.by((): Occasion[] => {
    const day = this.agenda?.window.days.indexOf(this.filters.day) ?? -1
    return this.filters.day ? this.occasions.filter((occasion) => occasion.day === day) : this.occasions
  })

  /** What matches but has no date in the window, or needs none. */
  dateless = $derived.by((): Item[] => {
    if (this.filters.day) return []
    const dated = new Set(this.occasions.map((occasion) => occasion.item.listing.id))
    return this.found.items.filter((item) => !dated.has(item.listing.id)).sort((a, b) => a.listing.title.localeCompare(b.listing.title))
  })

  /** Follows the address while the front is open. */
  follow(): void {
    const filters = fromHash(router.hash)
    if (toHash(filters) === toHash(this.filters)) return
    this.filters = filters
    this.rows = ROWS
  }

  /** Changes filters, and the address with them if the list is the page. */
  set(change: Partial<Filters>): void {
    this.filters = { ...this.filters, ...change }
    this.rows = ROWS
    if (router.path === '/') router.setHash(toHash(this.filters))
    else router.go(`/#${toHash(this.filters)}`)
  }

  /** Works the agenda out again; answers how to stop. */
  rebuild(items: readonly Item[], now: number, zone: string): () => void {
    let alive = true
    const window = windowFrom(now, zone)
    const listed = items.filter(isListed)
    const show = async (some: readonly Item[]) => {
      const agenda = await buildAgenda(some, window, () => alive)
      if (agenda && alive) this.agenda = agenda
    }
    const work = async () => {
      const plain = this.#library ? listed : listed.filter((item) => !needsLibrary(item.listing.schedule))
      await show(plain)
      if (alive && plain.length < listed.length) {
        // Rarer rhythms (every third of July) need a library; the list doesn't wait for it.
        this.#library = await loadLibrary().then(() => true, () => false)
        if (this.#library && alive) await show(listed)
      }
      // Before anybody searches: the first key must not wait for ten thousand descriptions.
      await inSlices(listed, foldItem, () => alive)
    }
    void work()
    return () => (alive = false)
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
