package waysin

import "kith/internal/sync"

// keepings of the ways in.
func keepings() []sync.Keeping {
	return []sync.Keeping{
		{
			Collection: "devices", What: "Your phones: a name for each, when it came, and the public half of its key",
			Why: "So that only your own phones are you, and a lost one can be shut out.", Whose: "{row}.member = {member}", AtErasure: "delete",
		},
		{
			Collection: "invites", What: "Invites: what they are for, until when, and a code in a form nobody can read back",
			Why: "So that an invite works for as long as it should, and no longer.", Whose: "{row}.member = {member}",
			Days: 30, From: "{row}.expires", Counted: "the day the invite ends", AtErasure: "delete",
		},
	}
}
