package acting

import "kith/internal/sync"

// keepings of who acts for whom: a year after it ended, so that a question about
// it can still be answered.
func keepings() []sync.Keeping {
	const year = 366
	consents := func(k sync.Keeping) sync.Keeping {
		k.Collection, k.Days, k.From, k.Counted = "consents", year, "{row}.endedAt", "the day it ended"
		return k
	}
	acts := func(k sync.Keeping) sync.Keeping {
		k.Collection, k.Days, k.From, k.Counted = "acts", year, "{row}.at", "the day it was done"
		return k
	}
	return []sync.Keeping{
		consents(sync.Keeping{
			What: "Who may act for you: for what, until when, how you agreed, and who was there",
			Why:  "So that nobody acts for you without your word, and you can see who may.", Whose: "{row}.member = {member}", AtErasure: "delete",
		}),
		consents(sync.Keeping{
			What: "For whom you may act",
			Why:  "So that you can help somebody who has no phone.", Whose: "{row}.helper = {member}", AtErasure: "blank: helper",
		}),
		consents(sync.Keeping{
			What: "Agreements about others that you wrote down",
			Why:  "So that it can be asked later how it came about.", Whose: "{row}.recordedBy = {member}", AtErasure: "blank: recordedBy",
		}),
		consents(sync.Keeping{
			What: "Agreements that you ended",
			Why:  "So that it can be asked later who ended it.", Whose: "{row}.endedBy = {member}", AtErasure: "blank: endedBy",
		}),
		acts(sync.Keeping{
			What: "What others did for you in the app: what it was, when and by whom",
			Why:  "So that you can check what is done in your name.", Whose: "{row}.member = {member}", AtErasure: "delete",
		}),
		acts(sync.Keeping{
			What: "What you did for others in the app: what it was, when and for whom",
			Why:  "So that the person can check what was done in their name.", Whose: "{row}.helper = {member}", AtErasure: "blank: helper",
		}),
	}
}
