package circles

import (
	"kith/internal/limits"
	"kith/internal/sync"
)

// homeKeepings are of where somebody lives, and of the day itself. Where a home is lies
// in two places: in homes, and for a turn's helper, while they have it, in addresses.
func homeKeepings() []sync.Keeping {
	addresses := func(k sync.Keeping) sync.Keeping {
		k.Collection, k.Days, k.From, k.Counted, k.AtErasure = "addresses", 1, "substr({row}.until, 1, 10)", "the day on which it went from their phone", "delete"
		return k
	}
	steps := func(k sync.Keeping) sync.Keeping {
		k.Collection, k.Days, k.From, k.Counted, k.AtErasure = "turnSteps", limits.TurnsKept, "{row}.occurrence", "the day it was for", "delete"
		k.Without = "member, person"
		return k
	}
	return []sync.Keeping{
		{
			Collection: "homes", What: "Where you live, how to get in and whom to ring, for those who help you", Why: "So that whoever comes finds you.",
			Whose: "{row}.person = {member}", AtErasure: "delete",
		},
		addresses(sync.Keeping{
			What: "Who has your address now, to come to you", Why: "So that they find you.",
			Whose: "{row}.circle IN (SELECT id FROM circles WHERE person = {member})", Without: "member",
		}),
		addresses(sync.Keeping{
			What: "The address of somebody you are helping, from the evening before to half an hour after the end", Why: "So that you find them.", Whose: "{row}.member = {member}",
			Withheld: "It is where somebody else lives. The app shows it to you for as long as you need it.",
		}),
		steps(sync.Keeping{What: "That somebody was on their way to you, there, and home again", Why: "So that whoever looks after you knows.", Whose: "{row}.person = {member}"}),
		steps(sync.Keeping{What: "That you were on your way to somebody, there, and home again", Why: "So that whoever looks after them knows.", Whose: "{row}.member = {member}"}),
	}
}
