/** The words of a circle on paper: for a fridge door, beside a landline, on a noticeboard. Lines that are drawn stay short. */

import type { Kind } from './errands'

export type Sheet = 'week' | 'calls' | 'cards'

export const paper = {
  title: 'On paper',
  of: (circle: string) => `Of the circle: ${circle}`,
  what: 'What to print',
  kinds: {
    week: ['The week, for the fridge', 'In letters that can be read from two metres: what is on, when, and who comes'],
    calls: ['A call list', 'Whom to ring when nobody has taken a turn. Hang it beside the phone'],
    cards: ['Cards to cut out', 'One for each turn that nobody has yet: to hand round where people meet'],
  } as Record<Sheet, [title: string, hint: string]>,
  whichWeek: 'Which week?',
  weeks: { this: 'This week', next: 'Next week' } as Record<'this' | 'next', string>,
  print: 'Print, or save as PDF',
  printHint: 'A4, at actual size. It works with no signal.',
  sheets: (count: number) => (count === 1 ? 'One sheet.' : `${count} sheets.`),
  private: 'Whoever comes by can read it: it has first names, days and times. The address, numbers and reasons are on no sheet.',
  old: 'It is as your phone knows it now. Print it again when something changes, and take the old one down.',
  notYours: 'Only the person, who acts for them, and the people who look after the circle print these.',
  back: 'The circle',

  week: {
    heading: (person: string) => (person ? `${person}’s week` : 'This week'),
    picture: (person: string, range: string) => `The week of ${person || 'the person'}, ${range}, as a sheet for the fridge`,
    nobody: 'Nobody yet',
    asking: 'We are asking.',
    off: 'Not on',
    empty: ['Nothing is planned', 'this week.'],
    foot: 'Nobody comes? Ring',
    to: (where: string) => `To ${where}`,
    /** Short: there is little room beside a name. */
    errand: { walk: 'A walk', gp: 'To the GP', pharmacy: 'The pharmacy', lunch: 'Lunch', post: 'The post office', company: 'A cup of tea', other: 'A hand' } satisfies Record<Kind, string>,
  },

  calls: {
    heading: 'People to ring',
    picture: 'A call list: names of helpers, with room for a number and a tick',
    ask: 'Who can come?',
    none: 'Every turn has somebody. Nobody has to be rung.',
    turn: (day: string, time: string) => `${day}, ${time}`,
    number: 'Number',
    yes: 'Yes',
    no: 'No',
    numbers: 'Numbers aren’t in Kith: write them in by hand. Say it in Kith, or to who looks after the circle, once somebody has said yes.',
  },

  cards: {
    picture: 'Cards to cut out, one for each turn that nobody has taken yet',
    can: 'Can you?',
    mine: 'I’ll come:',
    back: (names: string) => (names ? `Give it back to ${names}` : 'Give it back to whoever gave it to you'),
    none: 'Every turn of the next four weeks has somebody. There is nothing to cut out.',
    from: (from: string, to: string) => `From ${from} to ${to}, and back`,
    text: 'There is no name and no address on them. Whoever says yes is told by you, or in Kith.',
  },
}
