package listening

import "kith/internal/sync"

// keepings of what is at hand.
func keepings() []sync.Keeping {
	return []sync.Keeping{
		{
			Collection: "basics", What: "Which of the short training cards about listening you have read, and when",
			Why: "So that a concern with a name in it comes from somebody who knows how to ask first.", Whose: "{row}.member = {member}", AtErasure: "delete",
		},
		{
			Collection: "helplines", What: "Helplines: what they are called, their number and hours",
			Why: "So that a helpline can be rung at once, also without signal for the app.",
		},
		{
			Collection: "onCall", What: "Whom a responder can ring: a name and a number, as a coordinator entered it",
			Why: "So that somebody answers when a concern can't wait.",
		},
	}
}
