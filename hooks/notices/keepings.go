package notices

import (
	"kith/internal/limits"
	"kith/internal/sync"
)

// keepings of what people are told, and of how.
func keepings() []sync.Keeping {
	const mine = "{row}.member = {member}"
	return []sync.Keeping{
		{
			Collection: "notices", What: "What you were told of: a word for what happened, where to look, when, and whether you have read it",
			Why: "So that what you missed is still there when you look.", Whose: mine,
			Days: limits.NoticeDays, From: "{row}.at", Counted: "the day you were told", AtErasure: "delete",
		},
		{
			Collection: "notices", What: "What a helper of yours was told in your place, while you have no phone",
			Why: "So that somebody hears of it who can tell you.", Whose: "{row}.about <> '' AND {row}.about = {member}",
			Days: limits.NoticeDays, From: "{row}.at", Counted: "the day they were told", AtErasure: "delete",
		},
		{
			Collection: "noticeChoices", What: "How you want to be told: of what, when, in which time zone, and whether also by e-mail",
			Why: "So that you are left alone when you want to be.", Whose: "{row}.id = {member}", AtErasure: "delete",
		},
		{
			Collection: "registrations", What: "Where your phones are reached at Firebase: an address that Google has made up, and the day it was last confirmed",
			Why: "So that your phone can show that something is there for you.", Whose: mine,
			Days: limits.RegistrationDays, From: "{row}.day", Counted: "the day your phone last confirmed it", AtErasure: "delete",
		},
		{
			Collection: "deliveries", What: "What went out to your phones or your e-mail address: that something did, of which of four kinds, and how it ended",
			Why: "So that nothing is sent twice, and what could not be sent is tried again.", Whose: mine, When: "{row}.state <> 'dead'",
			Days: 7, From: "{row}.day", Counted: "the day it was to go out", AtErasure: "delete", Withheld: "What it told you is in your export.",
		},
		{
			Collection: "deliveries", What: "What could not be delivered to your phones or your e-mail address, and why",
			Why: "So that somebody finds out what is broken.", Whose: mine, When: "{row}.state = 'dead'",
			Days: 30, From: "{row}.day", Counted: "the day it was to go out", AtErasure: "delete", Withheld: "What it told you is in your export.",
		},
		{
			Collection: "tellings", What: "That you are to be told something",
			Why: "So that telling people goes on where it stopped, when the server stops.", Whose: "{row}.whom = 'member/' || {member}",
			Days: 1, From: "iif({row}.done, {row}.at, '')", Counted: "the day it was told", AtErasure: "delete", Withheld: "What you were told is in your export.",
		},
		{ // NB! They are told all the same: of what somebody did last, and of what waits for another since they went.
			Collection: "tellings", What: "That others are to be told something that you did",
			Why: "So that they are told, and you are not.", Whose: "{row}.but = {member}",
			Days: 1, From: "iif({row}.done, {row}.at, '')", Counted: "the day it was told", AtErasure: "blank: but", Withheld: "It is what others are told.",
		},
	}
}
