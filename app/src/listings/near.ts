/**
 * How far away something is. A position never leaves the phone: it is compared here and kept nowhere unless
 * the person saves it on this phone.
 */
import { words } from '../words'
import type { Place, Point } from './model'

const EARTH_METRES = 6_371_000
const MILE_METRES = 1609.344

/** Metres between two points in a straight line over the ground. */
export function metresBetween(a: Point, b: Point): number {
  const radians = Math.PI / 180
  const north = (b.lat - a.lat) * radians
  const east = (b.lon - a.lon) * radians
  const h = Math.sin(north / 2) ** 2 + Math.cos(a.lat * radians) * Math.cos(b.lat * radians) * Math.sin(east / 2) ** 2
  return 2 * EARTH_METRES * Math.asin(Math.sqrt(h))
}

/** "Under 100 yards" is no use on a doorstep; a tenth of a mile is the finest we say. */
export function distanceWords(metres: number): string {
  const miles = metres / MILE_METRES
  if (miles < 0.1) return words.near.veryNear
  return words.near.miles(miles < 10 ? miles.toFixed(1) : String(Math.round(miles)))
}

/** The part of a postcode that names a neighbourhood: "SE15 3AB" is in "SE15 3". Empty if it isn't one. */
export function postcodeSector(postcode: string): string {
  const found = /^([A-Z]{1,2}\d[A-Z\d]?)\s*(\d)[A-Z]{2}$/.exec(postcode.trim().toUpperCase())
  return found ? `${found[1]} ${found[2]}` : ''
}

/** The middle of each postcode sector that has a place, by name. */
export function sectorPoints(places: Iterable<Place>): Map<string, Point> {
  const sums = new Map<string, { lat: number; lon: number; count: number }>()
  for (const place of places) {
    const sector = postcodeSector(place.postcode)
    if (!sector || (place.lat === 0 && place.lon === 0)) continue
    const sum = sums.get(sector) ?? { lat: 0, lon: 0, count: 0 }
    sums.set(sector, { lat: sum.lat + place.lat, lon: sum.lon + place.lon, count: sum.count + 1 })
  }
  const sorted = [...sums].sort(([a], [b]) => a.localeCompare(b))
  return new Map(sorted.map(([sector, sum]) => [sector, { lat: sum.lat / sum.count, lon: sum.lon / sum.count }]))
}
