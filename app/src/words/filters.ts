/** The words of the filters, and of the line that says which are set. */

export const filters = {
  clearAll: 'Clear all',
  showing: 'Showing only:',
  cost: 'Cost',
  costs: { free: 'Free', firstFree: 'First time free', donation: 'Pay what you can', fixed: 'Fixed price' },
  venue: 'Kind of place',
  without: 'Leave out',
  withoutHint: 'Places you would rather not go to.',
  kind: 'Kind',
  languages: 'Languages spoken',
  within: (miles: number) => `Within ${miles === 0.5 ? 'half a mile' : miles === 1 ? '1 mile' : `${miles} miles`}`,
  withinOf: (miles: number, place: string) => `within ${miles === 0.5 ? 'half a mile' : miles === 1 ? '1 mile' : `${miles} miles`} of ${place}`,
  here: 'here',
  savedSpot: 'my saved spot',
  notKind: (kind: string) => `not: ${kind}`,
  remove: (what: string) => `Stop showing only: ${what}`,

  distance: 'How far',
  from: 'From',
  fromNowhere: 'Choose where from',
  fromMe: 'Where I am now',
  fromSaved: 'My saved spot',
  anyDistance: 'Any distance',
  locate: 'Your phone will ask you. Where you are stays on your phone and is never sent.',
  locating: 'Finding where you are…',
  locateFailed: 'Your phone did not say where it is. You can choose a postcode area instead.',
  saveSpot: 'Keep this spot on this phone',
  forgetSpot: 'Forget my saved spot',

  kinds: {
    group: 'Groups that meet',
    event: 'One-off events',
    service: 'Services',
    notice: 'Notices',
  },
}
