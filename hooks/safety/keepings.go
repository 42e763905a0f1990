package safety

import "kith/internal/sync"

const inConfidence = "It holds the words of somebody else, who told it in confidence. Ask a coordinator what is noted about you."

// keepings of what keeps people safe from one another.
func keepings() []sync.Keeping {
	const year = 366
	reports := func(k sync.Keeping) sync.Keeping {
		k.Collection, k.Days, k.From, k.Counted = "reports", year, "{row}.closed", "the day it was closed"
		return k
	}
	return []sync.Keeping{
		{
			Collection: "vouches", What: "Who knows you, or has seen a reference or a DBS check of yours, and when",
			Why: "So that people can be sure who comes to help them.", Whose: "{row}.member = {member}", AtErasure: "delete",
		},
		{
			Collection: "vouches", What: "Whom you said you know, or whose papers you have seen",
			Why: "So that it can be asked who said so.", Whose: "{row}.by = {member}", AtErasure: "blank: by",
		},
		{
			Collection: "blocks", What: "Whom you have blocked",
			Why: "So that they can't act for you.", Whose: "{row}.member = {member}", AtErasure: "delete",
		},
		{
			Collection: "blocks", What: "Who has blocked you",
			Why: "So that you can't act for each other.", Whose: "{row}.whom = {member}", AtErasure: "delete",
			Withheld: "Whether somebody has blocked you is theirs to tell.",
		},
		reports(sync.Keeping{
			What: "What you told the coordinators, in your words, and what came of it",
			Why:  "So that somebody deals with it, and you can see how it ended.", Whose: "{row}.by = {member}",
			AtErasure: "stays: Somebody may be in danger. It stays without you: nothing says any more that it was you who told it.",
		}),
		reports(sync.Keeping{
			What: "That it was you who told the coordinators, and how to reach you",
			Why:  "So that somebody can ask you, and tell you what came of it.", Whose: "{row}.by = {member}", AtErasure: "blank: by, contact",
		}),
		reports(sync.Keeping{
			What: "What somebody told the coordinators about you",
			Why:  "So that a worry about somebody is not lost.", Whose: "{row}.about = {member}", AtErasure: "blank: about",
			Withheld: inConfidence,
		}),
		{
			Collection: "reportSubjects", What: "That you are whom somebody told the coordinators about by an ask, a reply or a circle",
			Why: "So that a worry about somebody is not lost.", Whose: "{row}.about = {member}", AtErasure: "delete",
			Days: year, From: "coalesce((SELECT closed FROM reports WHERE id = {row}.id), '')", Counted: "the day it was closed",
			Withheld: inConfidence,
		},
	}
}
