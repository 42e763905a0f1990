/** The words of the till: what it says of a card, what was taken today, and how a till is opened. */
import { common } from './common'

const { plural } = common

/** What a till says at once, in a word and a sentence. `again`: it may be right in a moment. */
export interface Told {
  word: string
  text: string
  again?: true
}

/** Of every code with which a card, a proof, a voucher or a typed code is refused on the spot. */
const refusals: Record<string, Told> = {
  card_unreadable: { word: 'Not a card', text: 'This square is for something else. Ask for the card.' },
  card_other: { word: 'Not from here', text: 'This card is by another community, or newer than this till. It can’t be stamped here yet.' },
  card_forged: { word: 'Not a real card', text: 'Nobody here has made this card. No stamp.' },
  card_expired: { word: 'Run out', text: 'This card has run out. It renews itself once the phone has signal; a paper card has to be printed again.' },
  card_early: { word: 'Not valid yet', text: 'This card is from tomorrow. Is the clock of this till right?' },
  card_revoked: { word: 'Replaced', text: 'This card was reported lost, or there is a newer one. Ask for the new card.' },
  proof_missing: { word: 'Only half a card', text: 'This is a copy without its live part. Ask them to open the card on their phone.' },
  proof_forged: { word: 'Not their phone', text: 'The live part is not by the phone that this card belongs to. No stamp.' },
  proof_stale: { word: 'An old picture', text: 'This is a picture from before. Ask them to open the card on their phone.', again: true },
  proof_early: { word: 'Clock ahead', text: 'The clock of their phone is ahead. It rights itself with signal; until then, type the code of a paper card.', again: true },
  proof_replayed: { word: 'Taken already', text: 'This very square was taken before. Wait until their phone shows the next one.', again: true },
  voucher_forged: { word: 'Not a real voucher', text: 'Nobody here has made this voucher. Don’t give anything for it.' },
  voucher_expired: { word: 'Voucher run out', text: 'This voucher has run out. What it cost is not lost: they can ask the coordinator.' },
  voucher_early: { word: 'Not valid yet', text: 'This voucher is from tomorrow. Is the clock of this till right?' },
  voucher_revoked: { word: 'Voucher cancelled', text: 'This voucher was cancelled. Don’t give anything for it.' },
  voucher_card: { word: 'Another’s voucher', text: 'This voucher belongs to another card. Don’t give anything for it.' },
  voucher_shop: { word: 'Not in this shop', text: 'This reward is for other shops. Their phone says which.' },
  voucher_spent: { word: 'Given already', text: 'This voucher was used before. Don’t give anything for it.' },
  voucher_online: { word: 'Needs signal', text: 'This voucher has to be asked about first, and there is no signal. It stays good: try again later.', again: true },
  voucher_asking: { word: 'No answer yet', text: 'The signal went before there was an answer. Don’t give it yet: what comes of it shows under Today.', again: true },
  cap_day: { word: 'Enough for today', text: 'This card has had all its stamps for today in this shop. Tomorrow again.' },
  too_soon: { word: 'Only just stamped', text: 'This card was stamped here a short while ago. Try again later.', again: true },
  till_busy: { word: 'One moment', text: 'This till has given as many stamps as it may in an hour. Wait a little.', again: true },
  till_ended: { word: 'Till has ended', text: 'This till doesn’t count any more. The owner can open a new one on the shop’s page.' },
  code_unknown: { word: 'No such card', text: 'There is no card with that code. Look at the card again.' },
  undo_late: { word: 'Too late', text: 'A stamp can only be taken back for a few minutes. The owner can ask the coordinator.' },
  storage: { word: 'Not saved', text: 'This device couldn’t save it, so it doesn’t count. Make some room, and scan again.' },
}

/** Of every code with which the server holds or refuses what was sent. */
const answers: Record<string, string> = {
  proof_reused: 'The same square was taken at another till first.',
  chain_gap: 'Something this till took before it has not arrived.',
  chain_fork: 'This till exists twice. Open a new one.',
  too_late: 'It came too many days afterwards.',
  clock_wrong: 'The clock of this till was wrong.',
  till_ended: 'The till had ended.',
  outside_hours: 'It was outside of opening hours.',
  record_forged: 'It was not by this till.',
  code_unknown: 'There is no card with that code.',
  voucher_spent: 'The voucher was used before.',
  cap_day: 'The card had enough for that day.',
  too_soon: 'It was too soon after the last one.',
  till_busy: 'This till gave too many in an hour.',
  card_revoked: 'The card had been reported lost or replaced.',
  card_expired: 'The card had run out.',
}

export const till = {
  title: 'Till',
  none: 'You are not in a shop that takes part.',
  noneHint: 'The owner of a shop can add you, and a coordinator can add a shop.',
  which: 'Which shop?',
  noStorage: 'This browser keeps nothing for this site, so it can’t be a till. Use another browser, or leave private browsing.',

  // The scanner
  camera: 'What the camera sees',
  start: 'Scan cards',
  startText: 'Hold the card in front of the camera. It is read by itself, one after another.',
  starting: 'Opening the camera…',
  looking: 'Hold the card in front of the camera.',
  stop: 'Stop',
  front: 'Front camera',
  back: 'Back camera',
  torch: 'Light',
  sound: 'Sound',
  vibration: 'Vibration',
  settings: 'Camera and sound',
  refused: 'The camera may not be used. Allow it in the settings for this site. Codes can be typed, and a hand scanner works too.',
  absent: 'No camera was found. Codes can be typed, and a hand scanner works too.',
  busy: 'Something else is using the camera. Close it and try again.',
  noReader: 'You have no signal, and the part that reads square codes was not kept on this device yet. Codes can be typed.',

  // Typing
  type: 'Type a code',
  code: 'The code on a paper card',
  codeHint: '8 letters and numbers, like 7Q2K-M4XD',
  codeShort: 'Enter all 8 letters and numbers of the code, like 7Q2K-M4XD',
  take: 'Stamp it',
  cancel: 'Leave it',

  // Verdicts
  refusals,
  stamped: { word: 'Stamped', text: 'One stamp on the card.' },
  stampedPaper: { word: 'Stamped', text: 'One stamp on the paper card.' },
  typed: { word: 'Taken', text: 'The code is checked when it is sent.' },
  given: (reward: string) => ({ word: 'Give it', text: `${reward}. It is written down.` }),
  givenSure: (reward: string) => ({ word: 'Give it', text: `${reward}. The voucher is used up now.` }),
  undone: { word: 'Taken back', text: 'That stamp doesn’t count.' },
  asking: { word: 'Asking…', text: 'One moment. Don’t give it yet.' },
  next: 'Next card',
  undo: 'Take it back',
  undoOf: (what: string, when: string) => `Take it back: ${what} at ${when}`,

  // A voucher
  reward: 'Reward',
  unknownReward: 'A reward this till doesn’t know yet',
  worth: (amount: string) => `worth ${amount}`,
  give: 'Give it',
  dontGive: 'Don’t give it',
  asksFirst: 'It is asked about first. That takes a moment.',

  // Today
  todayOn: 'Today on this till',
  todayCount: (count: number) => (count === 0 ? 'Nothing yet today' : `${count.toLocaleString('en-GB')} today`),
  todayEmpty: 'Nothing was taken today.',
  todayNote: 'Only this device has this list. It says nothing of who it was.',
  toScan: 'Back to scanning',
  acts: { stamp: 'Stamp', redeem: 'Reward' },
  kinds: { phone: 'phone card', printed: 'paper card', typed: 'typed code' },
  states: {
    taken: 'On this device',
    sent: 'On its way',
    counted: 'Counted',
    held: 'Being looked at',
    refused: 'Not counted',
    undone: 'Taken back',
  },
  answers,
  otherAnswer: 'It did not meet the rules.',
  allSent: 'All sent',
  waits: (count: number) => `${count.toLocaleString('en-GB')} ${count === 1 ? 'waits' : 'wait'} on this device`,
  waitsOffline: (count: number) => `No signal: ${count.toLocaleString('en-GB')} ${count === 1 ? 'waits' : 'wait'} on this device`,
  list: (cards: number, when: string) => `${plural(cards, 'card is', 'cards are')} known to be lost or replaced, as of ${when}.`,
  oldList: (days: number) => `This till last heard ${plural(days, 'day', 'days')} ago which cards are lost. Let it have signal soon.`,

  // Opening a till
  openTitle: 'Make this device a till',
  openText: 'Cards are then scanned and stamped here, also with no signal. It takes signal once.',
  name: 'What is it called?',
  nameHint: 'So that you know it from others, like “Counter” or “Sam’s phone”.',
  nameFirst: 'Counter',
  open: 'Open the till',
  opening: 'The till is being opened…',
  openingOffline: 'There is no signal. The till opens by itself once there is.',
  openRefused: (why: string) => `The till was not opened. ${why}`,
  openAgain: 'Try again',
  openHere: (name: string) => `This device is the till “${name}”.`,
  goTo: 'Go to the till',
  ended: 'This till has ended',
  endedText: 'It takes no cards any more. What it took before is still sent. Open a new one to go on.',
  ranOut: 'This till had no signal for a month, so it takes no cards for now. It goes on by itself once there is signal.',
  pending: 'This device waits to be let in by the shop’s owner. Then it can be a till.',
}
