/** The words about this phone being told: whether it is, how to turn it on, and who learns what by that. */
import type { Standing } from '../notices/phone'
import type { PushFault } from '../notices/push'

export const phone = {
  title: 'This phone',
  intro: 'This phone can show you a line when there is something for you, also while Kith is closed. At most it says what kind of thing it is, such as news or something to do. It never says what it is, or who it is about.',
  without: 'Without it, you find everything in “For you” when you open Kith.',
  standing: {
    none: 'Your community does not send anything to phones. You find everything in “For you” when you open Kith.',
    shared: 'Not on this device: several people use it, and what it showed you everybody could read. Turn it on on your own phone.',
    home: 'On an iPhone or iPad this works once Kith is on your home screen. Tap Share, then “Add to Home Screen”. Open Kith from there and come back to this page.',
    cannot: 'This browser can’t show you anything while Kith is closed. Another browser or phone may.',
    refused: 'Your browser has been told not to let Kith show you anything, and only you can change that. Open your browser’s settings for this site, find “Notifications”, and allow them. Then come back to this page.',
    off: 'Off. This phone shows you nothing while Kith is closed.',
    away: 'Your community’s computer did not take this phone.',
    unsent: 'On. Your community’s computer will know as soon as this phone has signal. Until then nothing is sent here.',
    on: 'On. This phone shows you a line when there is something for you, as you choose below.',
  } satisfies Record<Standing, string>,
  fault: {
    offline: 'There’s no signal, and this needs it once. Nothing has changed.',
    unreached: 'Google could not be reached, or did not take this phone. Nothing has changed, and everything else works without it. You can try again later.',
    early: 'Kith is not whole on this phone yet. Wait a minute with signal, and try again.',
    refused: '',
  } satisfies Record<PushFault, string>,
  unanswered: 'Your browser asked, and nothing was chosen. Nothing has changed.',
  turnOn: 'Tell me on this phone',
  tryAgain: 'Try again',
  asking: 'Asking your browser, then Google. This takes up to 20 seconds.',
  turnOff: 'Turn it off on this phone',
  ending: 'Turning it off. This takes a few seconds.',
  ended: 'It is off. Nothing comes to this phone any more.',
  trial: 'Send me a trial',
  trialSent: 'Asked for. If nothing shows within a few minutes, look in your phone’s own settings whether your browser may show notifications.',
  notSaved: 'This could not be saved.',
  who: 'What Google learns',
  whoText: [
    'Messages to phones go through Google. It learns that this phone is told something, when, and of which of four kinds: something to do, news, your card, or your account. Not what it is, and not who you are.',
    'Somebody who has much to do here is told more often. Google could guess that much.',
    'To reach this phone it also knows a number that stands for it, the address of this site, and, like every site that you use, the internet address of this phone.',
    'If your browser is made by somebody else, such as Apple or Mozilla, they pass it on and learn the same.',
    'Nothing goes to Google before you turn this on. When you turn it off, this phone can’t be reached any more.',
  ],
}

export const offer = {
  visit: 'Shall this phone tell you if it is called off or changes?',
  group: 'Shall this phone tell you when somebody would like to come?',
  role: 'Shall this phone tell you when something waits for you?',
  text: 'It shows one line: that there is something for you, never what. If you say yes, your browser asks you as well.',
  yes: 'Yes, tell me',
  no: 'Not now',
  more: 'Who learns what by this',
  later: 'You can turn it on later, under You.',
  on: 'This phone will tell you. You can turn it off under You.',
}
