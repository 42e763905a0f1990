/** The words of a shop's own page, and of the screen on which a new device waits. */
import { common } from './common'

const { plural } = common

export const shop = {
  title: 'My shop',
  none: 'You are not in a shop that takes part.',
  noneHint: 'A coordinator can invite you.',
  notEnrolled: {
    title: 'This device is not confirmed yet',
    text: 'Staff and devices of your shop only show on a device that you have confirmed with a code by e-mail. That lasts for 90 days.',
    go: 'Confirm this device',
  },
  staffText: (name: string) => `You work at ${name}. Its owner lets people and devices in.`,
  owner: 'Owner',
  staff: 'Staff',
  staffMember: (index: number) => `Member of staff ${index}`,
  someone: 'Somebody',
  you: 'You',
  noStaff: 'No staff yet.',
  staffCount: (count: number) => plural(count, 'member of staff', 'members of staff'),
  devices: 'Devices of the shop',
  noDevices: 'No devices yet.',
  add: 'Add staff',
  addText: 'Make a square code, and let your member of staff point their phone or the shop’s tablet at it. It works once, for a day.',
  addMake: 'Show the square code',
  addTitle: 'Let them point their camera at this',
  addThen: 'Then the device shows six digits. They appear here too.',
  addDone: 'Done',
  waitingTitle: 'A device waits to be let in',
  waitingNone: 'No device is waiting.',
  compare: 'Are these the same six digits as on the other screen?',
  digits: (match: string) => `Six digits: ${match.split('').join(' ')}`,
  admit: 'Yes, let it in',
  notMine: 'No, not mine',
  notMineText: 'It is shut out, and its code is used up.',
  notMineYes: 'Yes, shut it out',
  admitted: 'Let in.',
  refused: 'Shut out.',
  takeStaff: 'No longer works here',
  takeText: 'They can no longer do anything for the shop. They stay a member.',
  takeYes: 'Yes, take it away',
  note: 'staff',

  wait: {
    title: 'Wait to be let in',
    text: 'The owner of the shop sees the same six digits on their screen. If they match, they let this device in.',
    label: 'The six digits of this device',
    still: 'This page goes on by itself. You can leave it open.',
    offline: 'There is no signal. This device can be let in once there is.',
  },
}
