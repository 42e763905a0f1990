package concerns

import (
	"kith/internal/concern"
	"kith/internal/limits"
	"kith/internal/sync"
)

// Days that concerns are kept, as the impact assessment says them.
const (
	noConcernDays = 30
	closedDays    = 366
	toldDays      = noConcernDays - 2 // that one is closed is told for, whatever came of it
	withdrawnDays = 62                // longer than limits.LetterLife: until nobody can bring the letter any more
)

// words are the columns that say anything of anybody; area, quarter, urgency, state,
// outcome, and whether it was picked up in time, are what remains.
const words = "blank: hour, received, lead, assignee, picked, given, closedOn, link, grouped, escalated, keyName, sealed, person, receipt, till"

// open are concerns whose words are there, and that nobody has closed.
const open = "{row}.state IN ('new', 'assigned') AND {row}.received <> ''"

// keepings of concerns. Whom one is about stands in the sealed part alone, so no
// row is any member's, but for who was given one to look into.
func keepings() []sync.Keeping {
	return []sync.Keeping{
		{
			Collection: "concerns", What: "Concerns, once somebody found that there was nothing to be concerned about",
			Why: "So that it can be looked at again for a while.", When: "{row}.state = 'closed' AND {row}.outcome = 'notAConcern'",
			Days: noConcernDays, From: "{row}.closedOn", AtEnd: words,
		},
		{
			Collection: "concerns", What: "Concerns that were dealt with",
			Why: "So that the next one about the same person is understood.", When: "{row}.state = 'closed' AND {row}.outcome <> 'notAConcern'",
			Days: closedDays, From: "{row}.closedOn", AtEnd: words,
		},
		{
			// NB! The record is asked for the open ones alone.
			Collection: "concerns", What: "Concerns that nobody has closed",
			Why:  "So that nobody is forgotten: coordinators are written to each week of the last month.",
			When: open, Days: limits.ConcernIdle, From: "iif(" + open + ", " + concern.Touched("{row}") + ", '')",
			Counted: "the last time that anybody opened it or did something about it", AtEnd: words,
		},
		{
			Collection: "concerns", What: "That a concern was withdrawn; nothing of it is left",
			Why: "So that one which comes late is not taken in after all.", When: "{row}.state = 'withdrawn'",
			Days: withdrawnDays, From: "{row}.closedOn", AtEnd: "delete",
		},
		{
			Collection: "concerns", What: "By what the concerns of one tablet and one day are counted, without saying which tablet",
			Why: "So that nobody sends dozens.", Days: 1, From: "coalesce(nullif({row}.received, ''), {row}.closedOn)", AtEnd: "blank: till",
		},
		{
			Collection: "concerns", What: "Concerns that you were given to look into: that it was you",
			Why: "So that one person is answerable for it.", Whose: "{row}.assignee = {member}", AtErasure: "blank: assignee",
			Withheld: "A concern is about somebody else, and was told in confidence. Whoever thinks that one is about them asks a coordinator.",
		},
	}
}
