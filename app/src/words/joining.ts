/** The words of joining. */

export const joining = {
  title: 'Join',
  titleIn: (name: string) => `Join ${name}`,
  intro: 'Joining lets you say “I’d like to come”. You can look at everything without it.',
  code: 'Your invite code',
  codeHint: 'It looks like 7Q2K-M4XD-9TRF-2H. Capitals and dashes don’t matter.',
  name: 'Your first name',
  nameHint: 'What people call you. Nothing else is asked: no password, no e-mail, no number.',
  keptTitle: 'What is kept, and where',
  kept: [
    'On this phone: everything you do here, and a key that only this phone has.',
    'On the community’s own computer: your first name, that this phone belongs to you, and what you tell a group when you say you’d like to come.',
    'Nowhere else. Nobody sells it, and no advertiser sees it.',
  ],
  join: 'Join',
  joining: 'Joining…',
  noCode: 'Where do I get a code?',
  noCodeText: 'From anybody who runs something here: ask at a lunch club, a library, a cafe or your surgery. They can show you a square code to point your camera at, or write the letters down.',
  doneTitle: (name: string) => (name ? `Welcome, ${name}` : 'Welcome'),
  doneText: 'This phone can now send things. You won’t have to sign in again.',
  go: 'See what’s on',
  goOn: 'Go on with what you started',
  already: (name: string) => `This phone has joined already, as ${name}.`,
  again: 'Join again with another invite',
  errors: {
    title: 'There is a problem',
    code: 'Enter your invite code',
    name: 'Enter your first name',
    nameLong: 'Use at most 40 letters for your name',
    offline: 'You have no signal. What you typed is kept. Try again when you are back online.',
  },
}
