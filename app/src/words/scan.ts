/** The words of pointing the camera at a square code. */

export const scan = {
  label: 'What the camera sees',
  starting: 'Opening the camera…',
  ask: 'Your phone may ask whether Kith may use the camera. The picture stays on your phone.',
  looking: 'Point your phone at the square code. It is read by itself.',
  stop: 'Stop the camera',
  refused: 'The camera may not be used. You can allow it in your phone’s settings for this site, or type the code.',
  absent: 'No camera was found here. Type the code instead.',
  busy: 'Something else is using the camera. Close it and try again, or type the code.',
  noReader: 'You have no signal, and the part that reads square codes was not kept on your phone yet. Type the code, or try again when you are back online.',
  again: 'Try the camera again',
  elsewhere: (host: string) => `That code belongs to ${host}, not here.`,
  nothing: 'That code is for something else.',
}
