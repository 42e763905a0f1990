package asks

import (
	"kith/internal/limits"
	"kith/internal/sync"
)

// keepings of small asks: a month after the day that they were for; a number for as long
// as one is to help the other.
func keepings() []sync.Keeping {
	replies := func(k sync.Keeping) sync.Keeping {
		k.Collection, k.Days, k.From, k.Counted = "replies", limits.AsksKept, "coalesce((SELECT day FROM asks WHERE id = {row}.ask), '')", "the day it was asked for"
		k.AtErasure = "delete"
		return k
	}
	messages := func(k sync.Keeping) sync.Keeping {
		k.Collection, k.Days, k.From, k.Counted = "messages", limits.MessagesKept, "{row}.day", "the day it was written"
		return k
	}
	return []sync.Keeping{
		{
			Collection: "asks", What: "What you asked your neighbours for, and for which day",
			Why: "So that somebody can give you a hand.", Whose: "{row}.member = {member}",
			Days: limits.AsksKept, From: "{row}.day", Counted: "the day it was for", AtErasure: "delete",
		},
		replies(sync.Keeping{
			What: "What you said you could give a hand with",
			Why:  "So that whoever asked can choose you.", Whose: "{row}.member = {member}", Without: "asker, apart",
		}),
		replies(sync.Keeping{
			What: "Who said that they could give you a hand: the first name and words they wrote",
			Why:  "So that you can choose.", Whose: "{row}.asker = {member} AND NOT {row}.apart", Without: "member, apart",
		}),
		replies(sync.Keeping{
			What: "Replies of somebody with whom you, or who with you, want nothing to do",
			Why:  "So that nobody can tell whether they are blocked.", Whose: "{row}.asker = {member} AND {row}.apart",
			Withheld: "Nothing of them is shown to you, so that who is blocked can't tell.",
		}),
		{
			Collection: "contacts", What: "The phone number you gave to somebody you help, or who helps you; it goes when that is over",
			Why: "So that you can ring each other, once both have given theirs.", Whose: "{row}.member = {member}", Without: "other, both", AtErasure: "delete",
		},
		{
			Collection: "contacts", What: "The phone number of somebody you help, or who helps you",
			Why: "So that you can ring each other.", Whose: "{row}.other = {member}", AtErasure: "delete",
			Withheld: "It is theirs, and given to you for as long as one helps the other.",
		},
		messages(sync.Keeping{
			What: "What you wrote to somebody you help, or who helps you",
			Why:  "So that you needn't give your number.", Whose: `{row}.member = {member}`, Without: "to, apart", AtErasure: "delete",
		}),
		messages(sync.Keeping{
			What: "What somebody wrote to you whom you help, or who helps you",
			Why:  "So that they needn't give their number.", Whose: `{row}."to" = {member} AND NOT {row}.apart`, Without: "member, apart", AtErasure: "blank: to",
		}),
		messages(sync.Keeping{
			What: "What somebody wrote to you with whom one of you wants nothing to do",
			Why:  "So that nobody can tell whether they are blocked.", Whose: `{row}."to" = {member} AND {row}.apart`, AtErasure: "blank: to",
			Withheld: "Nothing of it is shown to you, so that who is blocked can't tell.",
		}),
	}
}
