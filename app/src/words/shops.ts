/** The words of shops that take part, as everybody sees them: on What's on, too, so they are few. */
import { common } from './common'

const { plural } = common

export const shops = {
  title: 'Shops that take part',
  intro: 'Show your card and collect stamps, whichever shop you are in. What you buy is written down nowhere.',
  none: 'No shop takes part yet.',
  perk: 'With your card',
  chatty: 'Chatty table',
  chattyWhat: 'A chatty table is one where anybody may sit down for a chat. No need to book.',
  openNow: 'Open now',
  shut: 'Shut now',
  hours: 'Open',
  rewards: 'What stamps can be swapped for',
  rewardAt: (shops: string) => `At ${shops}`,
  rewardStamps: (stamps: number) => plural(stamps, 'stamp', 'stamps'),
  card: 'Your card',
  here: 'This shop takes part',
  all: 'All shops that take part',
  more: 'Hours and rewards',
}
