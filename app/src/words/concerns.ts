/**
 * The words of passing on a concern. The tile and the head of its page have a neutral name, for whoever looks over a
 * shoulder; what stands on other pages doesn't say that there is one.
 */
import type { Held, Line } from '../concerns/kept'
import type { Asked, Ground, Missing, Noticed, Since } from '../concerns/plain'

export const concerns = {
  title: 'A quiet word',
  leave: 'Close now',
  leaveHow: 'Esc, or Shift three times, closes it too.',
  back: 'Back',
  loading: 'One moment…',

  danger: 'In danger now?',
  call999: 'Call 999',
  council: (name: string) => (name ? `Somebody is hurt or neglected? ${name}:` : 'Somebody is hurt or neglected? The council’s safeguarding team:'),
  ring: (phone: string) => `Ring ${phone}`,
  youCanRing: (name: string) => (name ? `You can ring ${name}:` : 'You can ring:'),
  ringing: 'Ringing from this phone clears this page.',

  asked: 'Have you asked them?',
  askedWords: {
    agreed: 'Yes, and they’re fine with it',
    refused: 'Yes, and they said no',
    notYet: 'Not yet',
    cantSafely: 'I can’t safely ask',
  } satisfies Record<Asked, string>,
  guide: 'How do I ask?',
  unnamed: 'Then nobody is named. You ask for advice, and a coordinator may get in touch with you. Leave out names and addresses.',

  noticed: 'What have you noticed?',
  noticedHint: 'What you saw or heard. Tick all that fit.',
  noticedWords: {
    missed: 'Misses appointments',
    selfCare: 'Not looking after themselves',
    confused: 'Muddled or forgetful',
    lonely: 'Lonely',
    bereaved: 'Somebody died',
    money: 'Worried about money',
    diagnosis: 'Bad health news',
    other: 'Something else',
  } satisfies Record<Noticed, string>,

  since: 'Since when?',
  sinceWords: { today: 'Today', days: 'Some days', weeks: 'Some weeks', months: 'Months', unsure: 'Not sure' } satisfies Record<Since, string>,

  person: 'Who is it?',
  name: 'Their name',
  reach: 'How to reach them, if you know',
  reachHint: 'A phone number, or where they are.',
  best: 'When is best, if you know',
  basicsTitle: 'First, seven short cards',
  basicsText: 'Before you pass on a name, read seven short cards. It takes two minutes, once. Or ask for advice with no name.',
  basicsOpen: 'Read the cards',

  override: 'It can’t wait for their yes',
  overrideHint: 'They could come to serious harm, or can’t decide for themselves.',
  overrideTitle: 'Passing it on without their yes',
  overrideText: 'This goes to the coordinators alone: they answer for safety here. They see your name, theirs and your reason, and it stays on record. Do this only if waiting could lead to harm.',
  ground: 'Why now?',
  groundWords: {
    seriousRisk: 'They, or somebody else, could come to serious harm',
    lackOfCapacity: 'They can’t decide this for themselves just now',
  } satisfies Record<Ground, string>,
  why: 'What makes you think so?',
  whyHint: 'One or two sentences. What you saw or heard.',

  more: 'More, if you like',
  words: 'In your own words, if you like',
  wordsHint: 'What you saw and heard. Not what you think it is.',
  wordsHintUnnamed: 'What you saw and heard. No names, please.',
  rang: 'Did you ring a helpline together?',
  rangNone: 'No',
  helplines: 'See the helplines',
  urgent: 'Should somebody look at it today?',
  urgentNo: 'It can wait a day or two',
  urgentYes: 'Yes, today',
  urgentNumber: (name: string) => `It may not be read tonight. If it can’t wait, ring${name ? ` ${name}` : ''}:`,
  tell: 'Tell me when somebody has it',
  tellHint: 'You’ll see it here the next time. Never what it was about.',

  save: 'Save',
  saving: 'Saving…',
  errors: {
    title: 'Nearly there',
    asked: 'Say if you have asked them',
    noticed: 'Choose what you have noticed',
    name: 'Write their name',
    ground: 'Say why now',
    why: 'Write what makes you think so',
    basics: 'Read the cards first, or ask with no name',
    long: 'Make it shorter: one of the texts is too long',
  } satisfies Record<Missing | 'title', string>,
  notSaved: 'This could not be saved on this device. Nothing was kept.',

  savedTitle: 'Saved',
  savedText: 'It goes by itself, also when you close this. Nobody can open it on this device.',
  savedRest: 'You need do nothing.',
  savedOffline: 'There’s no signal now, so it has not gone yet. You asked for somebody to look today: if it can’t wait, ring.',
  savedUrgent: 'You asked for somebody to look today. No signal, or much passed on from here, can hold it up: if it can’t wait, ring as well.',
  held: {
    many: 'Very much was passed on from here today, so this has to wait.',
    cards: 'This waits until you have read the seven cards.',
    fault: 'This could not be taken in just now.',
    refused: 'This could not be taken in.',
  } satisfies Record<Exclude<Held, ''>, string>,
  ringNow: 'You asked for somebody to look today: ring now.',
  takeBack: 'Take it back',
  takenBack: 'It is taken back.',
  takeBackAsk: 'Take this one back? Then nobody will see it.',
  takeBackYes: 'Yes, take it back',
  takeBackText: 'You can take it back until somebody has it.',
  done: 'Done',

  blankTitle: 'This was cleared',
  blankText: 'Nobody touched it for a while, or the screen was hidden. What was on it is gone. Nothing was kept, and nothing was sent.',
  again: 'Start again',
  toFront: 'What’s on',

  sureTitle: 'Clear this?',
  sureText: 'It isn’t saved yet. If you go back once more, what you chose and wrote is gone.',
  goOn: 'Go on with it',
  clear: 'Clear it',

  noKeysTitle: 'Not ready here yet',
  noKeysText: 'This community can’t take a concern yet, as it has no keys to seal it with.',
  badKeysText: 'The seal of this community isn’t the one that this device knows. So nothing can be passed on from here until a coordinator has looked.',
  notYoursText: 'This is for people who listen across a counter, run a group or answer for concerns here.',
  noNumber: 'No number has been put in here. In danger, call 999.',

  newsTitle: 'From before',
  /** `when`: "today", "on Wednesday 25 November". */
  savedOn: (when: string) => `Saved ${when}`,
  forToday: 'marked for today',
  states: { received: 'It is there. If somebody has it, you see that here the day after.', onIt: 'Somebody has taken it.', closed: 'It is closed. Thank you.' },
  waits: 'Saved here. It goes when there’s signal.',
  backWaits: 'It is being taken back.',
  stopTelling: 'Don’t tell me any more',
  ok: 'All right',
  earlier: 'Take a concern back',
  earlierNone: 'There is no concern that could be taken back.',
  codes: {
    basics_first: 'It waits for you: read the seven cards, and then it goes by itself.',
    too_many: 'There were many in a short time from here. It goes by itself, a little later.',
    picked_up: 'Somebody has it already, so it can’t be taken back. If it was a mistake, ring.',
    not_allowed: 'It could not be taken, as you were not a Listener here when it came. If it still matters, ring.',
  } as Record<string, string>,
  refused: 'It could not be taken in. If it still matters, pass it on again, or ring.',

  late: 'You wanted somebody to look at it today, and it has not gone yet. It goes when there’s signal. If it can’t wait, ring.',

  line: { late: 'Something of yours has not gone yet.', lost: 'Something of yours could not be sent.' } satisfies Record<Exclude<Line, ''>, string>,
  see: 'See it',
}
