/** The record of what was done, in words: one sentence a kind of entry. */

/** What a sentence can name. */
export interface Named {
  /** Who did it. */
  actor: string
  /** To whom. */
  whom: string
  /** A role in the middle of a sentence, with its shop. */
  role: string
  /** Name of a device or a shop. */
  what: string
  /** For whom somebody acted. */
  helper: string
  /** How many rows a look found; '?' of an entry that doesn't say. */
  found: string
}

type Sentence = (named: Named) => string

export const audit: Record<string, Sentence> = {
  'roles.give': ({ actor, whom, role }) => `${actor} gave ${whom} the role of ${role}`,
  'roles.take': ({ actor, whom, role }) => `${actor} took the role of ${role} from ${whom}`,
  'shops.add': ({ actor, what }) => `${actor} added the shop ${what}`,
  'people.add': ({ actor, whom }) => `${actor} added ${whom}, who has no phone`,
  'people.suspend': ({ actor, whom }) => `${actor} suspended ${whom}`,
  'people.restore': ({ actor, whom }) => `${actor} let ${whom} take part again`,
  'people.leave': ({ actor }) => `${actor} left`,
  'people.erase': ({ actor, whom }) => `${actor} erased ${whom}`,
  'invites.make': ({ actor, role }) => `${actor} made an invite (${role})`,
  'invites.end': ({ actor, role }) => `${actor} ended an invite (${role})`,
  'devices.revoke': ({ actor, whom, what }) => `${actor} shut out ${what} of ${whom}`,
  'devices.wipe': ({ actor, whom, what }) => `${actor} had ${what} of ${whom} emptied`,
  'devices.admit': ({ actor, whom, what }) => `${actor} let in ${what} of ${whom}`,
  'devices.refuse': ({ actor, what }) => `${actor} did not let in ${what}`,
  'recovery.card': ({ actor }) => `${actor} made a recovery card`,
  'recovery.open': ({ actor, whom }) => `${actor} began to help ${whom} back in`,
  'recovery.confirm': ({ actor, whom }) => `${actor} said yes to ${whom} coming back`,
  'recovery.refuse': ({ actor, whom }) => `${actor} stopped helping ${whom} back in`,
  'recovery.use': ({ actor }) => `${actor} came back in on a new phone`,
  'acting.record': ({ actor, whom, helper }) => `${actor} recorded that ${helper} may act for ${whom}`,
  'acting.offer': ({ actor }) => `${actor} offered somebody to act for them`,
  'acting.accept': ({ actor, whom }) => `${actor} agreed to act for ${whom}`,
  'acting.expire': ({ whom, helper }) => `The time was over for which ${helper} may act for ${whom}`,
  'acting.end': ({ actor, whom, helper }) => `${actor} ended that ${helper} may act for ${whom}`,
  'safety.vouch': ({ actor, whom }) => `${actor} vouched for ${whom}`,
  'safety.unvouch': ({ actor, whom }) => `${actor} took back a vouch for ${whom}`,
  'reports.acknowledge': ({ actor }) => `${actor} said that a report has arrived`,
  'reports.close': ({ actor }) => `${actor} closed a report`,
  'email.confirm': ({ actor }) => `${actor} confirmed an e-mail`,
  'email.signIn': ({ actor }) => `${actor} came in by e-mail`,
  'people.export': ({ actor, whom }) => `${actor} asked for a copy of everything about ${whom}`,
  'export': ({ actor, whom }) => `${actor} asked for a copy of everything about ${whom}`,
  'rights.export': ({ actor, whom }) => `${actor} asked for a copy of everything about ${whom}`,
  'community.care': ({ actor }) => `${actor} changed what is set for looking after people`,
  'helplines.add': ({ actor }) => `${actor} added a helpline`,
  'helplines.edit': ({ actor }) => `${actor} changed a helpline`,
  'helplines.check': ({ actor }) => `${actor} rang a helpline: it is right`,
  'helplines.remove': ({ actor }) => `${actor} took a helpline off the list`,
  'onCall.add': ({ actor }) => `${actor} put somebody on the list of whom to ring`,
  'onCall.edit': ({ actor }) => `${actor} changed the list of whom to ring`,
  'onCall.remove': ({ actor }) => `${actor} took somebody off the list of whom to ring`,
  'concerns.arrive': () => 'A concern came',
  'concerns.withdraw': () => 'A concern was taken back by whoever passed it on',
  'concerns.about': ({ actor, found }) => `${actor} looked up by name which concerns are about somebody (kith concerns about): ${found} found`,
  'concerns.open': ({ actor }) => `${actor} opened a concern`,
  'concerns.breakGlass': ({ actor }) => `${actor} opened a concern that wasn’t theirs, and said why`,
  'concerns.assign': ({ actor, whom }) => `${actor} gave a concern to ${whom}`,
  'concerns.take': ({ actor }) => `${actor} took a concern`,
  'concerns.release': ({ actor }) => `${actor} gave a concern back`,
  'concerns.note': ({ actor }) => `${actor} wrote down what was done about a concern`,
  'concerns.link': ({ actor }) => `${actor} noted that two concerns are about one person`,
  'concerns.unlink': ({ actor }) => `${actor} noted that a concern is about somebody else after all`,
  'concerns.close': ({ actor }) => `${actor} closed a concern`,
  'concerns.reopen': ({ actor }) => `${actor} opened a closed concern again`,
  'breakGlasses.seen': ({ actor }) => `${actor} has seen why a concern was opened`,
  'surgery.open': ({ actor }) => `${actor} opened a note to the surgery`,
  'surgery.done': ({ actor }) => `${actor} has dealt with a note to the surgery`,
  'keys.new': ({ actor }) => `${actor} made the keys that concerns are sealed to`,
  'keys.rotate': ({ actor }) => `${actor} made a new key for new concerns`,
  'keys.retire': ({ actor }) => `${actor} destroyed an old key of concerns`,
  'keys.rescue': ({ actor }) => `${actor} opened concerns with the recovery key, and sealed them anew`,
  'cards.print': ({ actor }) => `${actor} made a printed card for somebody without a phone`,
  'cards.lost': ({ actor }) => `${actor} ended somebody’s cards that were lost`,
  'tills.end': ({ actor }) => `${actor} ended a shop’s till`,
  'stamps.review': ({ actor }) => `${actor} said whether a stamp counts`,
  'community.scheme': ({ actor }) => `${actor} changed what is set for cards`,
  'rewards.add': ({ actor }) => `${actor} added a reward`,
  'rewards.edit': ({ actor }) => `${actor} changed a reward`,
  'buddies.approve': ({ actor, whom }) => `${actor} let ${whom} be a buddy at a group`,
  'buddies.decline': ({ actor, whom }) => `${actor} said no to ${whom} being a buddy at a group`,
  'buddies.end': ({ actor, whom }) => `${actor} ended that ${whom} is a buddy at a group`,
  'rewards.end': ({ actor }) => `${actor} ended a reward`,
  'vouchers.print': ({ actor }) => `${actor} printed a voucher for somebody’s card`,
  'shops.edit': ({ actor, what }) => `${actor} changed what the shop ${what} says of itself`,
  'shops.leave': ({ actor, what }) => `${actor} ended the part of the shop ${what}`,
  'patterns.seen': ({ actor }) => `${actor} has seen what was unusual at a till`,
  'cardKeys.new': ({ actor }) => `${actor} made new keys for cards in the place of lost ones`,
  'cardKeys.rotate': ({ actor }) => `${actor} made the next keys for cards`,
  'cardKeys.retire': ({ actor }) => `${actor} destroyed an old key of cards`,
  'cardKeys.revoke': ({ actor }) => `${actor} made a key of cards count no more`,
  'deliveries.again': ({ actor }) => `${actor} sent again what had reached nobody`,
  'backup.restore': ({ actor }) => `${actor} brought everything back from a backup`,
  'audit.export': ({ actor }) => `${actor} took a copy of this record`,
  'audit.read': ({ actor }) => `${actor} read this record`,
}

export const auditOther = (actor: string, action: string): string => `${actor}: ${action}`
export const auditSelf = 'themselves'
export const auditMachine = 'Kith'
export const auditDevice = 'a device'
export const auditSomething = 'something'
