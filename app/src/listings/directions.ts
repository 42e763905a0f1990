/** Links that open a map outside the app. They are only links: nothing is asked of anybody until one is tapped. */
import { listing as said } from '../words/listing'
import type { Place, Point } from './model'

export interface Way {
  href: string
  text: string
}

/** Map links for a place: with its position where it is known, else with its address. */
export function directions(place: Place, point: Point | null): Way[] {
  const address = encodeURIComponent([place.name, place.address, place.postcode].filter(Boolean).join(', '))
  const at = point ? `${point.lat},${point.lon}` : ''
  const ways: Way[] = [{ href: at ? `geo:${at}?q=${at}(${encodeURIComponent(place.name)})` : `geo:0,0?q=${address}`, text: said.mapApp }]
  const osm = point ? `https://www.openstreetmap.org/?mlat=${point.lat}&mlon=${point.lon}#map=18/${point.lat}/${point.lon}` : `https://www.openstreetmap.org/search?query=${address}`
  ways.push({ href: osm, text: said.osm })
  ways.push({ href: `https://www.google.com/maps/dir/?api=1&destination=${at || address}`, text: said.google })
  ways.push({ href: `https://maps.apple.com/?daddr=${at || address}`, text: said.apple })
  return ways
}
