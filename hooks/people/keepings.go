package people

import "kith/internal/sync"

// keepings of people and what they do here.
func keepings() []sync.Keeping {
	return []sync.Keeping{
		{
			Collection: "members", What: "You: a first name, and the day you joined",
			Why: "So that the people you meet know what to call you.", Whose: "{row}.id = {member}", AtErasure: "delete",
		},
		{
			Collection: "roles", What: "What you do here: resident, activator, coordinator and so on",
			Why: "So that the app shows you what you need, and nothing that isn't yours to see.", Whose: "{row}.member = {member}", AtErasure: "delete",
		},
	}
}
