package circles

import (
	"kith/internal/limits"
	"kith/internal/sync"
)

// keepings of circles: as long as there is what they are about; of what was, so long that
// last month can be looked at.
//
// NB! What the person wishes is theirs alone: that there is something about a helper, they
// can't be told, for then they know.
func keepings() []sync.Keeping {
	const (
		others = "It is about the person who is helped, and says of you only that you wrote it down."
		itsDay = "the day it was for"
	)
	person := func(collection, what, why string) sync.Keeping {
		return sync.Keeping{Collection: collection, What: what, Why: why, Whose: "{row}.person = {member}", AtErasure: "delete"}
	}
	turnsOf := func(k sync.Keeping) sync.Keeping {
		k.Collection, k.Days, k.From, k.Counted, k.Without = "turns", limits.TurnsKept, "{row}.occurrence", itsDay, "told, member, person"
		return k
	}
	everies := func(k sync.Keeping) sync.Keeping {
		k.Collection, k.Why, k.Without, k.AtErasure = "everies", "So that nobody need be asked each week.", "member, person", "delete"
		return k
	}
	swaps := func(k sync.Keeping) sync.Keeping {
		k.Collection, k.Days, k.From, k.Counted, k.Without = "swaps", limits.TurnsKept, "{row}.occurrence", itsDay, "member, from"
		return k
	}
	return []sync.Keeping{
		{
			Collection: "circles", What: "The circle of neighbours around you, and how you agreed to it", Why: "So that people can help you.",
			Whose: "{row}.person = {member}", Days: limits.CirclesKept, From: "{row}.closedOn", Counted: "the day it was closed", AtErasure: "delete",
		},
		{
			Collection: "circles", What: "That you agreed to a circle for somebody you act for", Why: "So that it can be asked who did.",
			Whose: "{row}.agreedBy = {member} AND {row}.person <> {member}", AtErasure: "blank: agreedBy", Withheld: others,
		},
		{
			Collection: "organisers", What: "Which circles you organise", Why: "So that helpers have somebody to ask.",
			Whose: "{row}.member = {member}", AtErasure: "delete",
		},
		{
			Collection: "circleHelpers", What: "In which circles you help, or helped, and by what you were let in", Why: "So that whoever is helped knows who comes.",
			Whose: "{row}.member = {member}", Without: "by", AtErasure: "delete",
		},
		{
			Collection: "circleHelpers", What: "Whom you let into a circle", Why: "So that it can be asked who did.",
			Whose: "{row}.by = {member}", AtErasure: "blank: by", Withheld: "It is about the helper, and says of you only that you let them in.",
		},
		person("circleWishes", "Whom of your helpers you would rather have, and whom not", "So that the right people are asked."),
		person("slots", "What your circle helps you with, and when", "So that somebody comes."),
		turnsOf(sync.Keeping{What: "Who came on which day to help you", Why: "So that you know who comes.", Whose: "{row}.person = {member}", AtErasure: "delete"}),
		turnsOf(sync.Keeping{
			What: "On which days you helped somebody, or were going to", Why: "So that they know who comes.",
			Whose: "{row}.member = {member}", AtErasure: "blank: helper, helperName, member, told",
		}),
		everies(sync.Keeping{What: "Who comes to help you every time", Whose: "{row}.person = {member}"}),
		everies(sync.Keeping{What: "What you help with every time", Whose: "{row}.member = {member}"}),
		{
			Collection: "standbys", What: "Where you stand by for somebody who can't come", Why: "So that you are asked first.", Whose: "{row}.member = {member}",
			Days: limits.TurnsKept, From: "{row}.occurrence", Counted: itsDay, AtErasure: "delete",
		},
		swaps(sync.Keeping{What: "Days that somebody asked you to take over", Why: "So that the two of you can settle it.", Whose: "{row}.member = {member}", AtErasure: "delete"}),
		swaps(sync.Keeping{What: "Days that you asked somebody to take over", Why: "So that the two of you can settle it.", Whose: `{row}."from" = {member}`, AtErasure: "delete"}),
	}
}
