package cards

import "kith/internal/sync"

// schemeKeepings are of what shops and coordinators are shown, and what can be had.
func schemeKeepings() []sync.Keeping {
	const mine = "{row}.member = {member}"
	return []sync.Keeping{
		{
			Collection: "rewards", What: "What a card's stamps are good for, and in which shops",
			Why: "So that people know what they can have.",
		},
		{
			Collection: "vouchers", What: "Your vouchers: for what, and whether you have used them",
			Why: "So that a shop can take them.", Whose: mine, Days: 180, From: day("expires"), Counted: "the day on which it runs out",
			AtErasure: "blank: account, member, by, packed, card",
		},
		{
			Collection: "vouchers", What: "Which vouchers you have printed for others today",
			Why: "So that you can print them.", Whose: "{row}.by = {member}",
			Days: 1, From: "iif({row}.by <> '', " + day("issued") + ", '')", Counted: "the day on which you made it", AtEnd: "blank: by", AtErasure: "blank: by",
			Withheld: "It is somebody else's voucher. That you printed one is in the record of who did what.",
		},
		{
			Collection: "revocations", What: "The list of cards, tills and vouchers that are not good any more, as tills hold it",
			Why: "So that a till without a signal knows them, too.",
		},
		{
			Collection: "shopWeeks", What: "How many visits a shop had in a week, in numbers that tell of nobody",
			Why: "So that a shop sees what the card brings it.", Days: 3 * 366, From: "{row}.week",
		},
		{
			Collection: "settlements", What: "What shops owe each other for vouchers, by the month",
			Why: "So that a shop is paid for what it gave.", Days: 7 * 366, From: "{row}.month || '-28'",
		},
		{
			Collection: "patterns", What: "What was unusual at a till in a week: counts, and no card",
			Why: "So that somebody can ask the shop about it.", Days: 366, From: "{row}.week",
		},
	}
}
