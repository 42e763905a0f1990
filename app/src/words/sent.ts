/** The words of what was sent and what wasn't. */

export const sent = {
  title: 'What you sent',
  intro: 'Everything you do is saved on this phone first, then sent. Here is what is still on its way, and what needs a look.',
  empty: 'Everything you did has arrived.',
  emptyHint: 'Nothing is waiting on this phone.',
  waitingTitle: 'Waiting to be sent',
  waitingOffline: 'It goes by itself when there’s signal. You can close Kith.',
  waitingOnline: 'It is being sent now.',
  waitingJoin: 'It will be sent once you have joined.',
  join: 'Join',
  lookTitle: 'Needs a look',
  refused: 'This was not done.',
  quarantined: 'This did not work at our end. The people who run this have it and will look at it. You need do nothing.',
  merged: 'Done, together with somebody else’s change.',
  replaced: (columns: string) => `Somebody had changed this too: ${columns}. What you wrote now stands.`,
  edit: 'Edit and send again',
  again: 'Send again',
  discard: 'Throw it away',
  takeBack: 'Don’t send it',
  ok: 'All right',
  at: (when: string) => `You did this ${when}`,

  names: {
    'visits.come': 'I’d like to come',
    'visits.cancel': 'I’m not coming after all',
    'listings.add': 'A new listing',
    'listings.edit': 'A change to a listing',
    'listings.check': 'Checked today',
    'places.add': 'A new place',
    'people.rename': 'Your first name',
  } as Record<string, string>,
  other: 'Something you did',

  columns: {
    title: 'title', summary: 'short description', description: 'description', schedule: 'when', prices: 'cost', place: 'place',
    room: 'room', access: 'what there is', venue: 'kind of place', languages: 'languages', whoComes: 'who comes',
    firstVisit: 'first visit', contact: 'who to ask', status: 'whether it is on', organisation: 'who runs it', kind: 'kind', twin: 'twin',
  } as Record<string, string>,
}
