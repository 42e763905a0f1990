/** Bank holidays of England and Wales by date; the server reads the same file. */
import years from '../../../internal/calendar/bankholidays.json'

const EVERY = '*'

const names = new Map(Object.entries(years).flatMap(([year, days]) => Object.entries(days).map(([day, name]) => [`${year}-${day}`, name])))

/** The names that `closedOn` may have, in the order of the year. */
export const bankHolidayNames: readonly string[] = [...new Set(names.values())]

/** The bank holiday in `closedOn` that falls on the day of `key`, or ''. */
export function closedFor(closedOn: readonly string[], key: string): string {
  const name = names.get(key.slice(0, 10))
  return name && (closedOn.includes(name) || closedOn.includes(EVERY)) ? name : ''
}
