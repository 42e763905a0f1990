/** The words of a search that found nothing. */
import { common } from './common'

const { plural } = common

export const empty = {
  emptyDay: (day: string) => `Nothing found ${day}.`,
  emptyAll: 'Nothing found like that.',
  nearestDay: (day: string, count: number) => `See ${plural(count, 'thing', 'things')} on ${day}`,
  loosen: (what: string, count: number) => `See ${plural(count, 'thing', 'things')} without ${what}`,
  elsewhere: (section: string, count: number) => `Look under “${section}”: ${count.toLocaleString('en-GB')} found`,
  emptyNext: 'You can also ask somebody. People who run things here know what isn’t written down.',
  whoToAsk: 'Who to ask',
}
