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
  'acting.end': ({ actor, whom, helper }) => `${actor} ended that ${helper} may act for ${whom}`,
  'safety.vouch': ({ actor, whom }) => `${actor} vouched for ${whom}`,
  'safety.unvouch': ({ actor, whom }) => `${actor} took back a vouch for ${whom}`,
  'reports.acknowledge': ({ actor }) => `${actor} said that a report has arrived`,
  'reports.close': ({ actor }) => `${actor} closed a report`,
  'email.confirm': ({ actor }) => `${actor} confirmed an e-mail`,
  'email.signIn': ({ actor }) => `${actor} came in by e-mail`,
  'export': ({ actor, whom }) => `${actor} asked for a copy of everything about ${whom}`,
  'rights.export': ({ actor, whom }) => `${actor} asked for a copy of everything about ${whom}`,
  'audit.read': ({ actor }) => `${actor} read this record`,
}

export const auditOther = (actor: string, action: string): string => `${actor}: ${action}`
export const auditSelf = 'themselves'
export const auditMachine = 'Kith'
export const auditDevice = 'a device'
export const auditSomething = 'something'
