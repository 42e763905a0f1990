/** What roles are called at the desk and on lists of invites. How an invite says it to whom it is for: words/roles.ts. */

export const roleNames = {
  name: {
    resident: 'Resident',
    listener: 'Listener',
    activator: 'Activator',
    owner: 'Shop owner',
    staff: 'Shop staff',
    coach: 'Coach',
    surgery: 'Surgery',
    coordinator: 'Coordinator',
    member: 'One more device',
  } as Record<string, string>,
  /** In the middle of a sentence. */
  lower: {
    resident: 'resident',
    listener: 'listener',
    activator: 'activator',
    owner: 'shop owner',
    staff: 'shop staff',
    coach: 'coach',
    surgery: 'surgery',
    coordinator: 'coordinator',
    member: 'one more device',
  } as Record<string, string>,
  does: {
    resident: 'Says “I’d like to come”, and finds help.',
    listener: 'Hears people out across a counter, and passes concerns on.',
    activator: 'Runs a group, knows everybody, and invites new people.',
    owner: 'Runs a shop that takes part, and lets its staff in.',
    staff: 'Works in a shop that takes part.',
    coach: 'Is paid to see people whom a GP sent.',
    surgery: 'Works at a GP practice.',
    coordinator: 'Answers for everything: people, roles and concerns.',
    member: 'For somebody who has joined already and has a second phone.',
  } as Record<string, string>,
  of: (role: string, shop: string) => (shop ? `${roleNames.name[role] ?? role}, ${shop}` : (roleNames.name[role] ?? role)),
}
