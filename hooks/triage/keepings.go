package triage

import "kith/internal/sync"

// ended is a day once what a row belongs to has no words any more, and empty
// until then: notes and reasons go with the concern.
func ended(from string) string {
	return "iif(coalesce((SELECT c.sealed FROM concerns c WHERE c.id = {row}.concern), '') = '', " + from + ", '')"
}

// keepings of what responders wrote down.
func keepings() []sync.Keeping {
	const counted = "the day on which the words of the concern were deleted"
	return []sync.Keeping{
		{
			Collection: "concernNotes", What: "What responders did about a concern: a code, the hour, and their words, sealed",
			Why: "So that the next one who looks into it knows what was tried.", Days: 1, From: ended("{row}.hour"), Counted: counted,
		},
		{
			Collection: "concernNotes", What: "That it was you who wrote a note about a concern",
			Why: "So that it can be asked who did what.", Whose: "{row}.by = {member}", AtErasure: "blank: by",
			Withheld: "A note is about somebody else, and was written in confidence. Whoever thinks that one is about them asks a coordinator.",
		},
		{
			Collection: "breakGlasses", What: "That you opened a concern which wasn't yours, when, and your reason, sealed",
			Why: "So that nobody reads about others without saying why.", Whose: "{row}.by = {member}", Days: 1, From: ended("{row}.at"), Counted: counted,
			AtErasure: "stays: It is a record of power over somebody else. It holds an id, and yours leads to nobody any more.",
			Withheld:  "It belongs to a concern about somebody else. The record of who did what with power over others is in your export.",
		},
		{
			Collection: "concernFigures", What: "How many concerns there were in a quarter, in numbers too large or too vague to point at anybody",
			Why: "So that the community can say what it did, and what it needs.",
		},
	}
}
