package visits

import "kith/internal/sync"

// keepings of visits. A little more than a year, so that this summer's outing
// can be found next summer.
func keepings() []sync.Keeping {
	const mine = "{row}.member = {member}"
	return []sync.Keeping{
		{
			Collection: "visits", What: "Your visits: where you said you would come, the name you gave, and how somebody should meet you",
			Why: "So that the people there expect you, and you can look up where you have been.", Whose: mine, When: "{row}.status <> 'cancelled'",
			Days: 396, From: "{row}.occurrence", Counted: "the day of the visit", AtErasure: "delete",
		},
		{
			Collection: "visits", What: "What you told the people there before you came: your own words, and what interests you",
			Why: "So that they know how to meet you.", Whose: mine, When: "{row}.status <> 'cancelled'",
			Days: 15, From: "{row}.occurrence", Counted: "the day of the visit", AtEnd: "blank: say, interests, first", AtErasure: "blank: say, interests, first",
		},
		{
			Collection: "visits", What: "Visits you called off: the listing and the day, without a name",
			Why: "So that your phones agree that it is off.", Whose: mine, When: "{row}.status = 'cancelled'",
			Days: 30, From: "{row}.occurrence", Counted: "the day of the visit", AtErasure: "delete",
		},
	}
}
