package people

import "kith/internal/sync"

// lastLeft is when a member left: the audit says so, and it stays.
const lastLeft = "coalesce((SELECT max(a.at) FROM audit a WHERE a.action = 'people.leave' AND a.subject = {row}.id), '')"

// keepings of people and what they do here.
func keepings() []sync.Keeping {
	return []sync.Keeping{
		{
			Collection: "members", What: "You: a first name, the day you joined, and whether you take part, were suspended or have left",
			Why: "So that the people you meet know what to call you, and coaches and coordinators know one another’s first names.", Whose: "{row}.id = {member}", AtErasure: "delete",
		},
		{
			Collection: "members", What: "You, after you left: the same",
			Why: "So that what you did not mean to do can be undone, and nothing of you is kept for longer than that.", Whose: "{row}.id = {member}",
			When: "{row}.standing IN ('left', 'moved')", Days: 30, From: lastLeft, Counted: "the day you left", AtEnd: "erase", AtErasure: "delete",
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
