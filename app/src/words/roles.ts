/** What somebody is here, in words: on an invite, on "You", at the desk. */

export const roles: Record<string, string> = {
  resident: 'somebody who lives here or comes by',
  activator: 'somebody who runs a group',
  listener: 'somebody who listens across a counter',
  owner: 'a shop’s owner',
  staff: 'one of a shop’s staff',
  coach: 'a wellbeing coach',
  surgery: 'a surgery’s link to the neighbourhood',
  coordinator: 'a coordinator',
  member: 'yourself, on one more phone',
}
