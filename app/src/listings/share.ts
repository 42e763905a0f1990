/**
 * A listing as plain text, for a message, a noticeboard or somebody with no app (K8).
 */
import type { Occurrence } from '../calendar'
import { clockRange, dayAndClock, dayOf, dayWords } from '../ui/dates'
import { words } from '../words'
import { listing as said } from '../words/listing'
import { checkedWords } from './checked'
import type { Item } from './catalogue'
import type { Place } from './model'
import { priceLines, priceTag } from './price'

/** "Thursday 4 June, 10:30am to midday", or the day alone. */
export function whenWords(occurrence: Occurrence, zone: string, today: string): string {
  const day = dayWords(dayOf(occurrence.start, zone), today)
  if (occurrence.allDay) return day
  return occurrence.end > occurrence.start ? `${day}, ${clockRange(occurrence.start, occurrence.end, zone)}` : dayAndClock(occurrence.start, zone, today)
}

/** "Small hall, All Saints, 11 Blenheim Grove, SE15 4QS". */
export function whereWords(place: Place | null, room: string): string {
  return [room, place?.name, place?.address, place?.postcode].filter(Boolean).join(', ')
}

/** The listing in a dozen short lines. `next`: its next occurrence, if there is one. */
export function plainText(item: Item, next: Occurrence | undefined, zone: string, today: string, url: string): string {
  const { listing } = item
  const price = priceTag(listing.prices)
  const amounts = priceLines(listing.prices)
  const cost = [listing.prices.mode === 'fixed' && amounts.length ? amounts.join('; ') : price.tag, price.firstFree ? words.price.firstFree : ''].filter(Boolean)
  const contact = [listing.contact.name, listing.contact.phone || item.organisation?.phone].filter(Boolean)
  const lines = [
    listing.title,
    next ? whenWords(next, zone, today) : '',
    whereWords(item.place, listing.room),
    listing.summary,
    said.share_.price(cost.join('. ')),
    listing.firstVisit.meets ? said.share_.meets(listing.firstVisit.meets) : '',
    contact.length ? said.share_.ring(contact.join(', ')) : '',
    checkedWords(listing.checked, today).stale ? said.share_.stale : '',
    url,
  ]
  return lines.filter(Boolean).join('\n')
}
