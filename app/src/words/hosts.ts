/** Running a group together. */
import { listWords } from './lists'

export const hosts = {
  title: (names: readonly string[]) => (names.length === 0 ? 'You run this alone' : `You run this with ${listWords(names)}`),
  somebody: 'Somebody',
  what: 'Whoever runs this with you sees who is coming, keeps the register, looks after buddies, and can change the page. A link is for one person whom you know: send it to them, or let their phone’s camera see it.',
  make: 'Ask somebody to run it with you',
  scan: (title: string) => `Point their phone’s camera at this to run ${title} with you`,
  ask: (title: string) => `Would you run ${title} with me?`,
  until: (day: string) => `Good for one person${day ? `, until ${day}` : ''}.`,
  endLink: 'End this link',
  endLinkText: 'Nobody can use it any more.',
  end: 'Take them off',
  endText: (name: string) => `${name} won’t see any more who comes here. What they wrote down stays.`,
  endSure: 'Yes, take them off',
  leave: 'I don’t run this any more',
  leaveText: 'You won’t see any more who comes here. The others go on.',
  leaveSure: 'Yes, leave it to them',
  leaveLast: 'You won’t see any more who came here. Nobody else runs it: only a coordinator can start it again.',
  leaveLastSure: 'Yes, leave it',
}
