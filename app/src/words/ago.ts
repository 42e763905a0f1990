/** How long ago something was, which day it is in the middle of a sentence, and when somebody last checked a listing. */
import { words } from '.'

const { plural } = words

export const ago = {
  justNow: 'just now',
  minutesAgo: (count: number) => `${plural(count, 'minute', 'minutes')} ago`,
  hoursAgo: (count: number) => `${plural(count, 'hour', 'hours')} ago`,
  daysAgo: (count: number) => `${plural(count, 'day', 'days')} ago`,
  weeksAgo: (count: number) => `${plural(count, 'week', 'weeks')} ago`,
  monthsAgo: (count: number) => `${plural(count, 'month', 'months')} ago`,
  yearsAgo: (count: number) => `${plural(count, 'year', 'years')} ago`,
}

/** In the middle of a sentence. */
export const near = {
  today: 'today',
  tomorrow: 'tomorrow',
  yesterday: 'yesterday',
  on: (day: string) => `on ${day}`,
}

export const checked = {
  fresh: (ago: string) => `Checked ${ago}`,
  stale: (ago: string) => `Last checked ${ago}. Ring first.`,
  never: 'Nobody has checked this yet. Ring first.',
}
