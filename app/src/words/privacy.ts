/** The words of the privacy page and of complaints. The table itself is written from what the program goes by. */

export const privacy = {
  title: 'Privacy',
  short: [
    'Looking needs no account. What you search for, where you are and what you save never leave your phone.',
    'We never ask for a surname, an address, a birthday, a gender or a diagnosis. Don’t write them, either.',
    'What you tell us is used for what you asked for, and for nothing else. Nobody is scored, ranked or watched. Nothing is sold. No advertiser and no GP is told anything.',
    'There are no cookies, and nothing from another company is loaded.',
    'The people who run the machine could technically read what is on it. What somebody does with power over others is recorded, and so is each look at that record.',
    'Your phone keeps a copy of what you can see, so that it works with no signal.',
  ],
  can: 'What you can do',
  rights: [
    'See everything that is known about you, and take it with you.',
    'Put right what is wrong, or tell us to.',
    'Leave, or have everything about you erased.',
    'Complain to us. We answer within 30 days.',
    'Complain to the Information Commissioner’s Office, ico.org.uk, telephone 0303 123 1113.',
  ],
  known: 'What is known about you',
  wrong: 'Something is wrong',
  complain: 'Complain',
  kept: 'What is kept',
  keptText: 'Tap a line to read why, who can see it and for how long.',
  why: 'Why',
  who: 'Who can see it',
  long: 'For how long',
  erased: 'If you are erased',
  may: 'Why we may',
  mayText: 'You chose to take part, and we need these things to do what you asked. We keep the record of who did what with power over others, and reports of harm, because everybody has an interest in a community where a wrong can be found out. Somebody who acts for you does so because you agreed, and you can end that at any time.',
}

export const complain = {
  title: 'Complain',
  intro: 'Tell us what we did wrong. You need no account and no name. The coordinators read it, and we answer within 30 days if you say how.',
  text: 'What happened?',
  textHint: 'In your own words.',
  textEmpty: 'Write what happened',
  contact: 'How to reach you, if you like',
  contactHint: 'A phone number or an e-mail. Without it we can’t answer you.',
  send: 'Send the complaint',
  busy: 'Sending it…',
  offline: 'You have no signal. What you wrote is kept on this phone. Send it when you are back online.',
  doneTitle: 'We have your complaint',
  doneText: (day: string) => `We answer by ${day}, if you said how to reach you.`,
  number: (id: string) => `Its number is ${id}. Write it down if you want to ask after it.`,
  other: 'Not happy with us? You can also complain to the Information Commissioner’s Office: ico.org.uk, telephone 0303 123 1113.',
}
