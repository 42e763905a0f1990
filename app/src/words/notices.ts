/**
 * The words of being told: one line for each thing that can have happened. The server only names it; a line says no more
 * than what the reader's own phone holds, and never whom or why.
 */
import { common } from './common'

/** What happened, and what one can do about it. */
export interface Told {
  what: string
  /** The same with the name of what it is about, where this phone has it. */
  named?: (name: string) => string
  how: string
}

export const told: Record<string, Told> = {
  'concern.urgent': { what: 'An urgent concern has come in', how: 'Nobody has it yet. Open it and take it.' },
  'concern.waits': { what: 'An urgent concern still waits', how: 'Nobody has taken it so far. You can.' },
  'concern.phone': { what: 'Nobody has answered an urgent concern', how: 'Open it: whom to ring stands beside it.' },
  'concern.yours': { what: 'A concern was given to you', how: 'Read it, and write down what you do about it.' },
  'concern.yoursUrgent': { what: 'An urgent concern was given to you', how: 'Open it now. If you can’t, give it back: somebody else is told then.' },
  'concern.glass': { what: 'Somebody opened a concern that wasn’t theirs', how: 'Read why they did.' },
  'concern.idle': { what: 'Some concerns have no end yet', how: 'Close each, or write down what was done.' },
  'concern.listener': { what: 'Please speak with somebody who passed on a concern', how: 'Open it to see who, and why.' },
  'note.new': { what: 'There is a new note for the surgery', how: 'Open the notes to read it.' },
  'report.new': { what: 'Somebody has told the coordinators something', how: 'Let them know that you have it.' },
  'complaint.new': { what: 'Somebody has complained', how: 'Read it, and answer by the day it says.' },
  'review.new': { what: 'Somebody has to look at a stamp again', how: 'Say whether it counts.' },
  'device.pending': { what: 'A device waits to be let in', how: 'Look whether both screens show the same six digits.' },

  'buddy.offered': { what: 'Somebody would like to be a buddy in your group', how: 'Say whether they can.' },
  'buddy.approved': { what: 'You can be a buddy now', how: 'You are asked before every newcomer. Read what helps them.' },
  'pairing.asked': { what: 'You are asked to look out for somebody new', how: 'Say yes, or “not this time”.' },
  'pairing.open': { what: 'Somebody looks out for you when you come', how: 'See who it is.' },
  'pairing.changed': { what: 'Whom you look out for has changed when they come', how: 'See when, and how to meet them.' },
  'pairing.over': { what: 'Somebody is a buddy no longer', how: 'See what there is now.' },
  'call.due': { what: 'Please give somebody a ring', how: 'See whom, and what you might say.' },
  'call.unanswered': { what: 'Somebody could not be reached', how: 'See who, and whether you know them.' },

  'circle.asked': { what: 'Somebody would like to help in a circle', how: 'Say whether they can.' },
  'circle.in': { what: 'You are in a circle now', how: 'See what there is to do, and take what suits you.' },
  'circle.over': { what: 'A circle that you were in is over for you', how: 'You need do nothing. Thank you for what you did.' },
  'circle.yours': { what: 'You keep your circle in order by yourself now', how: 'See who helps. You can ask one of them to keep it with you.' },
  'circle.nobody': { what: 'Somebody’s circle has nobody who keeps it in order', how: 'Helpers still come. Ask the person who may act for them in it.' },
  'turn.open': { what: 'Somebody is wanted for a turn', how: 'See when it is, and take it if it suits you.' },
  'turn.unfilled': { what: 'A turn has nobody yet', how: 'Ring round, and write down who goes.' },
  'turn.yours': { what: 'A turn is yours now', how: 'See when it is. If it doesn’t suit you, give it back.' },
  'turn.notYours': { what: 'A turn is somebody else’s now', how: 'See who has it. You can stand by for it, or take another.' },
  'turn.off': { what: 'A turn of yours is not on', how: 'You need do nothing. See what there is next.' },
  'turn.moved': { what: 'A turn of yours is at another time', how: 'See when. If it doesn’t suit you, give it back.' },
  'turn.tomorrow': { what: 'You have a turn tomorrow', how: 'Open it with signal, and the address is on your phone.' },
  'turn.noAnswer': { what: 'Nobody answers the door', how: 'Open it now. Ring whoever has a key, or go and look.' },
  'turn.home': { what: 'Home safe', how: 'A turn ended well. You need do nothing.' },
  'swap.asked': { what: 'Somebody asks you to take their turn', how: 'Say yes or no. Either is fine.' },
  'swap.no': { what: 'Your turn is still yours: they can’t take it', how: 'Ask somebody else, or give it back.' },
  'ask.reply': { what: 'Somebody can lend you a hand', how: 'See who, and say whether you would like that.' },
  'reply.chosen': { what: 'Your hand is wanted: they said yes', how: 'See what you both know now, and write to them.' },
  'reply.over': { what: 'Somebody whom you had agreed something with can’t, or it is over', how: 'See how it stands.' },
  'message.new': { what: 'Somebody has written to you', how: 'Read it, and answer if you like.' },

  'visit.new': { what: 'Somebody would like to come to your group', named: (name) => `Somebody would like to come to ${name}`, how: 'See what they chose to tell you.' },
  'listing.changed': { what: 'Something that was planned has changed', named: (name) => `${name} has changed`, how: 'Look at the day, the time and the place.' },
  'listing.off': { what: 'Something that was planned is not on', named: (name) => `${name} is not on`, how: 'See which day, and when it is on next.' },
  'report.closed': { what: 'The coordinators have finished with what you told them', how: 'If it still isn’t right, tell them again.' },
  'acting.began': { what: 'Somebody can do things for you now', how: 'If you don’t want that, end it with one tap.' },
  'acting.ended': { what: 'Somebody can no longer do things for you', how: 'See who still can.' },
  'role.given': { what: 'There is something new for you to do here', how: 'See what you are here.' },

  'stamp.counted': { what: 'A stamp that was in doubt counts', how: 'See the card.' },
  'reward.reached': { what: 'There are enough stamps for a reward', named: (name) => `There are enough stamps for this: ${name}`, how: 'Choose it on the card.' },
  'voucher.used': { what: 'A voucher was used', how: 'If it wasn’t you, tell the coordinators.' },

  'device.new': { what: 'Another phone can be you here now', how: 'If it isn’t yours, shut it out.' },
  'recovery.used': { what: 'Your way back was used on another phone', how: 'If it wasn’t you, tell a coordinator now.' },
  'recovery.open': { what: 'Somebody has lost their phone and wants to come back', how: 'If you know that it is them, say yes.' },
  'email.changed': { what: 'Your e-mail was changed', how: 'If it wasn’t you, tell a coordinator now.' },
  trial: { what: 'This is a trial', how: 'It has reached you. What matters will, too.' },
}

/** To whoever acts for somebody. */
export const toldHelper: Record<string, Told> = {
  'acting.began': { what: 'You can do things for somebody now', how: 'See for whom, and until when.' },
  'acting.ended': { what: 'You no longer do things for somebody', how: 'See for whom you still can.' },
}

/** Of what a newer server says. */
export const toldOther: Told = { what: 'Something has happened', how: 'This version doesn’t know the words for it. Use the new one when it is offered.' }

export const notices = {
  title: 'For you',
  door: (fresh: number) => (fresh === 0 ? 'What has happened that matters to you' : `${fresh} new`),
  fresh: (count: number) => (count === 0 ? 'You have read all of it.' : `${common.plural(count, 'thing is', 'things are')} new.`),
  isNew: 'New',
  yesterday: 'Yesterday',
  between: (from: string, to: string) => `between ${from} and ${to}`,
  about: (name: string) => `For ${name}`,
  aboutSomebody: 'For somebody you act for',
  read: 'I’ve read this',
  readAll: 'I’ve read all of it',
  undo: 'Undo: it’s still new',
  undoAll: 'Undo: they’re still new',
  older: 'Show older ones',
  none: 'Nothing new, and nothing to do.',
  noneHint: 'When something happens that matters to you, it stands here in one line.',
  fetching: 'Fetching what is for you…',
  offline: (ago: string) => `No signal. This is how it was ${ago}.`,
  offlineNever: 'No signal. What is for you comes with the next one.',
  choose: 'How and when you are told',
  keeps: 'Each line stays for 60 days.',

  tapped: {
    title: 'Opening it…',
    asking: 'One moment: it is being fetched.',
    offline: 'There’s no signal, and this isn’t on your phone yet. It opens by itself as soon as there is.',
    gone: 'There is nothing to open. It isn’t here yet, or it was taken back.',
    inbox: 'See all that is for you',
    out: 'This phone has nobody’s name on it now, so it can’t show what this was. It isn’t lost: it is there when you are back.',
    back: 'Ways back in',
    signIn: 'Sign in with a code by e-mail',
    recover: 'Use my recovery card',
    join: 'Join with an invite',
  },
}

/** How one wants to be told. */
export const choices = {
  title: 'How you are told',
  intro: 'You decide what may disturb you. Whatever you choose here, everything stands under',
  forYou: 'For you',
  kinds: 'What may disturb you',
  kind: {
    task: ['Something to do', 'Somebody counts on you: a newcomer, a ring, a concern, a device to let in.'],
    notice: ['What’s on, and people', 'Somebody wants to come, something has changed, somebody acts for you.'],
    loyalty: ['Your card', 'Stamps, rewards and vouchers.'],
    account: ['Your account', 'Another phone, your way back, your e-mail.'],
  } as Record<string, [title: string, hint: string]>,
  ways: { now: 'Tell me at once', digest: 'Once a day, together', inbox: 'Only here, when I look' } as Record<string, string>,
  quiet: 'When it is quiet',
  quietHint: 'In these hours nothing disturbs you. What came in between reaches you afterwards.',
  quietFrom: 'Quiet from',
  quietUntil: 'Quiet until',
  never: 'It is the same time: no hours are quiet.',
  exceptions: 'Two things come all the same: something urgent, if you look after concerns, and a change to how you get in here.',
  digestAt: 'Once a day: at what time?',
  zone: (zone: string) => `Times are as in ${zone}.`,
  zonePhone: (zone: string) => `Use this phone’s: ${zone}`,
  zoneHere: (zone: string) => `Use this community’s: ${zone}`,
  email: 'By e-mail',
  emailHas: 'Send me an e-mail, too',
  emailHint: 'It says that there is something to look at, and not what.',
  emailAlways: 'Whatever you choose, an e-mail comes when how you get in here has changed. If you look after concerns or the desk, one comes for what must not be missed there.',
  emailNone: 'You have given no e-mail. You need none.',
  emailNoneDuty: 'You have given no e-mail. You look after others here: with one, you hear of something urgent even where no phone can be told.',
  emailGive: 'Give an e-mail',
  saved: 'Saved',
  notSaved: 'This could not be saved.',
  ok: 'All right',
}

/** At the coordinators' desk: what reached nobody. No name is in any of it. */
export const unreached = {
  title: 'What reached nobody',
  intro: 'Kith tells people by their phone, by e-mail, and under “For you”. What couldn’t be brought stands here: how many and why, and nobody’s name. Under “For you” they find it all the same.',
  none: 'Everything has been brought.',
  count: (count: number) => common.plural(count, 'message', 'messages'),
  todo: (count: number) => `${common.plural(count, 'message', 'messages')} reached nobody`,
  since: (day: string) => `The oldest is of ${day}.`,
  again: 'Send again',
  sent: 'They are on their way again.',
  channels: { push: 'To phones', email: 'By e-mail' } as Record<string, string>,
  pushTitle: 'Telling phones',
  pushOn: 'Phones can be told, by way of Google. It learns that a phone gets something, when, and of which of four kinds. Not what it is, and not who it is for.',
  pushOff: 'Phones are not told here: people find everything under “For you”, and by e-mail if they want. Whoever runs the server can set it up: docs/operations.md says how, and “kith push check” whether it works.',
}

const check = 'Whoever runs the server can find out with “kith push check”. Send again when that is mended.'

/** Why something could not be brought, and what helps. */
export const whyNot: Record<string, [why: string, helps: string]> = {
  key: ['Google didn’t accept the community’s key', check],
  clock: ['The server’s clock is wrong, and Google won’t have that', check],
  permission: ['Google does not let the community send', check],
  project: ['Google doesn’t know the community’s project', check],
  payload: ['Google didn’t understand the message', 'This is a fault of Kith. Please tell whoever runs the server.'],
  quota: ['Google wanted fewer messages, for a whole day', 'Send again: it mostly works later.'],
  unavailable: ['Google could not be reached for a whole day', 'Send again when the server’s network is right.'],
  mail: ['The mail server didn’t take it', 'Whoever runs the server can look at its mail settings. Then send again.'],
  other: ['It couldn’t be brought', 'Send again. If it comes back, tell whoever runs the server.'],
}
