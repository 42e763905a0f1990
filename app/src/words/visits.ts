/** The words of "I'd like to come" and of "My plans". */
import type { Welcome } from '../visits/visits'
import { interestWords } from './interests'

/** What somebody chose to say. */
interface Said {
  firstName: string
  welcome: Welcome
  first: boolean
  interests: readonly string[]
  say: string
}

const toldWelcome: Record<Welcome, string> = {
  none: '', door: ' and would like to be met at the door', walk: ' and would like somebody to walk with them', look: ' to have a look',
}

export const visits = {
  comeTitle: 'I’d like to come',
  to: (title: string) => `to ${title}`,
  which: 'Which day?',
  moreDays: 'Show later days',
  nobodyHere: 'The people who run this don’t use Kith, so nobody would be told. Ask them before you set out.',
  other: 'No day is planned that you could choose. Ring and ask when it is on.',
  name: 'Your first name, if you like',
  nameHint: 'You can leave this empty.',
  welcome: 'When you arrive',
  welcomes: {
    none: ['I’d rather just turn up', 'You can slip in and sit where you like.'],
    door: ['Please meet me at the door', 'Somebody will look out for you.'],
    walk: ['Walk with me', 'If somebody is free, they set out with you. You see here who it is.'],
    look: ['I’ll come and have a look', 'Stay ten minutes or all of it. Nobody minds.'],
  } as Record<Welcome, [title: string, hint: string]>,
  walkUnsure: 'They’d like you to ask first. Choosing this asks them.',
  first: 'It’s my first time here',
  more: 'Tell them more, if you like',
  say: 'In your words',
  sayHint: 'Such as “I don’t hear well on the left”, or who you’d like to sit beside.',
  left: (letters: number) => (letters === 1 ? '1 letter left' : `${letters} letters left`),
  tooLong: (letters: number) => `That is ${letters === 1 ? '1 letter' : `${letters} letters`} too many`,
  likes: 'What I like',
  told: 'What they will be told',
  toldText: ({ firstName, welcome, first, interests, say }: Said) =>
    `${firstName ? `“${firstName}”` : '“Someone new”'} is coming${toldWelcome[welcome]}.${first ? ' It’s the first time.' : ''}${interests.length > 0 ? ` They like ${interestWords(interests)}.` : ''}${say ? ` “${say}”` : ''} Nothing else.`,
  toldWho: 'Only the people who run it see this. Whoever looks out for you there sees it without your own words. You can change your mind and need not say why.',
  send: 'Say I’d like to come',
  resend: 'Change what I said',
  cancel: 'I’m not coming after all',
  cancelHint: 'You need not explain.',

  savedTitle: 'Saved on this phone',
  savedOffline: 'It will be sent when there’s signal. You can close Kith.',
  savedOnline: 'Sending it now…',
  sentTitle: 'They know you’re coming',
  sentTexts: {
    none: 'Just turn up. Nobody will make a fuss.',
    door: 'Somebody will look out for you at the door.',
    walk: 'They look for somebody who can walk with you. You see here who it is, once somebody has said yes.',
    look: 'Come and look, for as long as you like.',
  } as Record<Welcome, string>,
  joinTitle: 'One more step to send it',
  joinText: 'What you chose is kept on this phone. To send it, join with an invite: a code or a link from somebody who runs something here, or from a library, cafe or surgery that gives them out.',
  joinGo: 'I have an invite',
  justTurnUp: 'You can also just turn up. Nobody needs to know beforehand.',
  ring: (name: string, phone: string) => `Or ring ${name ? `${name} on ` : ''}${phone}`,
  cancelledTitle: 'You said you’re not coming',
  cancelledText: 'That’s fine. You can come another time.',
  overTitle: 'This is over',
  overText: 'You can come another time.',
  comeAgain: 'Come after all',
  refusedTitle: 'This could not be sent',
  when: 'When',
  backToListing: 'Back to the listing',
  changeIt: 'Change',
  notSaved: 'This could not be saved.',

  plansTitle: 'My plans',
  plansText: 'These are yours. The people who run a group see only what you told them for it.',
  helping: 'Where I help',
  counted: 'They count on you.',
  visits: 'Where I’m going',
  noVisits: 'Nothing yet. When you say you’d like to come to something, it stands here.',
  savedListings: 'Saved',
  noSaved: 'Nothing saved yet. Tap “Save” on anything to find it here again, also with no signal.',
  past: 'Where I’ve been',
  state: {
    waiting: 'Saved on this phone. It will be sent when there’s signal.',
    joinFirst: 'Saved on this phone. Join to send it.',
    sent: 'They know you’re coming.',
    cancelled: 'You said you’re not coming.',
    off: 'This is not on after all.',
    refused: 'This could not be sent. See why.',
  },
  buddy: (name: string) => `${name} looks out for you.`,
  moved: (when: string) => `It has moved to ${when}.`,
  remove: (title: string) => `Take “${title}” off my saved list`,
  removeShort: 'Take off',
  unknownListing: 'Something that was taken down',
}
