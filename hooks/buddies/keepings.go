package buddies

import (
	"kith/internal/limits"
	"kith/internal/sync"
)

// keepings of looking out for newcomers: 13 months, as visits and registers are, so that
// this summer's can be looked up next summer; a number for as long as it is of use.
func keepings() []sync.Keeping {
	pairings := func(k sync.Keeping) sync.Keeping {
		k.Collection, k.Days, k.From, k.Counted = "pairings", limits.RegisterKept, "{row}.since", "the day it was asked for, or began"
		return k
	}
	calls := func(k sync.Keeping) sync.Keeping {
		k.Collection, k.Days, k.From, k.Counted = "calls", callKept, "{row}.due", "the day it was asked of the buddy"
		return k
	}
	const others = "by, newcomer, buddyMember, buddy"
	return []sync.Keeping{
		{
			Collection: "buddies", What: "Where you offered to look out for newcomers, and the interests you chose",
			Why: "So that the people who run a group can ask you.", Whose: "{row}.member = {member}", When: "{row}.status IN ('offered', 'approved')", AtErasure: "delete",
		},
		{
			Collection: "buddies", What: "Offers to look out for newcomers that are over",
			Why: "So that you can offer the same again.", Whose: "{row}.member = {member}", When: "{row}.status NOT IN ('offered', 'approved')",
			Days: limits.RegisterKept, From: "substr({row}.at, 1, 10)", Counted: "the day you offered", AtErasure: "delete",
		},
		pairings(sync.Keeping{
			What: "Who looked out for you at a group, and how you wanted to be met",
			Why:  "So that you are met at the door, and somebody notices when you don't come.", Whose: "{row}.newcomer = {member}", Without: others, AtErasure: "delete",
		}),
		pairings(sync.Keeping{
			What: "For whom you looked out at a group: the first name they gave",
			Why:  "So that you know whom to meet.", Whose: "{row}.buddyMember = {member}", Without: others, AtErasure: "blank: buddyMember, buddyName, buddy",
		}),
		pairings(sync.Keeping{
			What: "For whom you asked somebody to look out, at a group you run",
			Why:  "So that it can be asked later how it came about.", Whose: "{row}.by = {member}", Without: others, AtErasure: "blank: by",
		}),
		{
			Collection: "pairingContacts", What: "The phone number you gave to whoever looks out for you; it goes when that is over",
			Why: "So that they can ring you.", Whose: "{row}.member = {member}", Without: "buddyMember", AtErasure: "delete",
		},
		{
			Collection: "pairingContacts", What: "The phone number of whoever you look out for",
			Why: "So that you can ring them.", Whose: "{row}.buddyMember = {member}", AtErasure: "delete",
			Withheld: "It is theirs, and given to you for as long as you look out for them.",
		},
		calls(sync.Keeping{
			What: "Calls you were asked to make, and whether somebody answered",
			Why:  "So that nobody is rung twice, and nobody is forgotten.", Whose: "{row}.member = {member}", AtErasure: "delete",
		}),
		calls(sync.Keeping{
			What:  "That somebody was asked to ring you, when you hadn't come",
			Why:   "So that nobody is rung twice, and nobody is forgotten.",
			Whose: "{row}.pairing IN (SELECT id FROM pairings WHERE newcomer = {member})", Without: "member", AtErasure: "delete",
		}),
		{
			Collection: "hostCards", What: "Your card: your first name, a line, and the groups at which people can ask for you",
			Why: "So that a newcomer knows whom to ask for. It is shown while you want it to be.", Whose: "{row}.id = {member}", AtErasure: "delete",
		},
		{
			Collection: "returnFigures", What: "How many came for the first time, came back and stayed away: rounded, and none of fewer than five",
			Why: "So that a group, and those who plan, see if newcomers stay.",
		},
	}
}

// callKept is how many days a call is kept: two in a row that nobody answered may be
// some weeks apart where a group meets once a month.
const callKept = 92
