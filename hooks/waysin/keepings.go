package waysin

import "kith/internal/sync"

// keepings of the ways in.
func keepings() []sync.Keeping {
	const mine = "{row}.member = {member}"
	return []sync.Keeping{
		{
			Collection: "devices", What: "Your phones: a name for each, when it came, and the public half of its key",
			Why: "So that only your own phones are you, and a lost one can be shut out.", Whose: mine, When: "NOT {row}.revoked", AtErasure: "delete",
		},
		{
			Collection: "devices", What: "Phones that were shut out",
			Why: "So that you can look up which they were, and they stay shut out.", Whose: mine, When: "{row}.revoked",
			Days: 365, From: "CASE WHEN {row}.seen <> '' THEN {row}.seen ELSE {row}.created END", Counted: "the last day it was here", AtErasure: "delete",
		},
		{
			Collection: "invites", What: "Invites that you made: what they are for, until when, your note, and a code in a form nobody can read back",
			Why: "So that an invite works for as long as it should, and no longer.", Whose: "{row}.by = {member}",
			Days: 30, From: "{row}.expires", Counted: "the day the invite ends", AtErasure: "delete",
		},
		{
			Collection: "invites", What: "Invites for one more phone of yours",
			Why: "So that an invite works for as long as it should, and no longer.", Whose: mine,
			Days: 30, From: "{row}.expires", Counted: "the day the invite ends", AtErasure: "delete",
		},
		{
			Collection: "recoveries", What: "Your recovery card, and each time you were helped back in at the desk: when, by whom, and a code in a form nobody can read back",
			Why: "So that you can come back without a phone, and nobody else can come back as you.", Whose: mine,
			Days: 30, From: "{row}.expires", Counted: "the day it runs out", AtErasure: "delete",
		},
		{
			Collection: "recoveries", What: "Whom you helped back in at the desk, as the first of two",
			Why: "So that it can be seen that two people looked.", Whose: "{row}.openedBy = {member}",
			Days: 30, From: "{row}.expires", Counted: "the day it runs out", AtErasure: "blank: openedBy", Withheld: "It tells about the person who was helped.",
		},
		{
			Collection: "recoveries", What: "Whom you helped back in at the desk, as the second of two",
			Why: "So that it can be seen that two people looked.", Whose: "{row}.confirmedBy = {member}",
			Days: 30, From: "{row}.expires", Counted: "the day it runs out", AtErasure: "blank: confirmedBy", Withheld: "It tells about the person who was helped.",
		},
		{
			Collection: "codes", What: "Codes by e-mail, in a form nobody can read back",
			Why: "So that only who reads your e-mail can come in with it.", Whose: mine,
			Days: 1, From: "{row}.expires", Counted: "the day it runs out", AtErasure: "delete", Withheld: "Each is gone within the hour.",
		},
	}
}
