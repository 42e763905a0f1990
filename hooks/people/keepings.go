package people

import "kith/internal/sync"

// keepings of people and what they do here.
func keepings() []sync.Keeping {
	return []sync.Keeping{
		{
			Collection: "members", What: "You: a first name, the day you joined, and whether you take part, were suspended or have left",
			Why: "So that the people you meet know what to call you.", Whose: "{row}.id = {member}", AtErasure: "delete",
		},
		{
			Collection: "roles", What: "What you do here, such as listener, activator or coordinator, and in which shop",
			Why: "So that the app shows you what you need, and nothing that isn't yours to see.", Whose: "{row}.member = {member}", AtErasure: "delete",
		},
		{
			Collection: "shops", What: "Shops that take part: a name, and where they are",
			Why: "So that owners and staff are of the right shop.",
		},
	}
}
