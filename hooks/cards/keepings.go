package cards

import (
	"kith/internal/limits"
	"kith/internal/sync"
)

// day is the SQL of a day that is stored as its number since 1970.
func day(column string) string {
	return "iif({row}." + column + " = 0, '', date({row}." + column + " * 86400, 'unixepoch'))"
}

// dayOfCard is the day on which a card runs out.
const dayOfCard = "date(c.expires * 86400, 'unixepoch')"

// keepings of cards and of what tills wrote down. What a record counted stays with
// its account when it goes (stamps_close in migrations/9g_cards.go).
func keepings() []sync.Keeping {
	const mine = "{row}.member = {member}"
	return append(schemeKeepings(), []sync.Keeping{
		{
			Collection: "accounts", What: "How many stamps your cards have collected",
			Why: "So that you can have something for them.", Whose: mine, AtErasure: "delete",
		},
		{
			Collection: "accounts", What: "Stamps of a card that was handed out to nobody in particular",
			Why: "So that whoever has the card can have something for them.", When: "{row}.member = ''", Days: 120,
			// NB! Not before its card: what is on it would be lost for whoever has that.
			From: "max({row}.used, coalesce((SELECT max(" + dayOfCard + ") FROM cards c WHERE c.account = {row}.id AND c.expires > 0), ''))", Counted: "the day on which its card runs out, or on which it was used after that",
		},
		{
			Collection: "cards", What: "Your cards: when each was made, how long it is good for, and its code if it is printed",
			Why: "So that a till knows that a card is real.", Whose: mine, AtErasure: "blank: account, member, by, device, packed, code, key",
		},
		{
			Collection: "cards", What: "Cards that are not good any more: a number that a till looks for",
			Why: "So that nobody can go on with a card that was lost.", Whose: mine, When: "{row}.expires > 0", Days: 120, From: day("expires"),
			Counted: "the day on which it would have run out", AtErasure: "blank: account, member, by, device, packed, code, key",
		},
		{
			Collection: "cards", What: "Which cards you have made for others today",
			Why: "So that you can print them.", Whose: "{row}.by = {member}", AtErasure: "blank: by",
			Withheld: "It is somebody else's card. That you made one is in the record of who did what.",
		},
		{
			Collection: "tills", What: "Which tills you have opened in a shop",
			Why: "So that a shop knows what it takes stamps with.", Whose: mine, AtErasure: "blank: member",
		},
		{
			Collection: "stamps", What: "Your stamps: in which shop, on which day, and whether each counted",
			Why: "So that you can see what your card has collected, and nothing is counted twice.", Whose: mine,
			// NB! What a shop is owed for waits until it was settled.
			When: "NOT ({row}.whole AND {row}.settled = '')", Days: limits.RecordsKept, From: "{row}.day", Counted: "its day", AtErasure: "blank: account, member, card, proof",
		},
		{
			Collection: "stamps", What: "Vouchers of yours that a shop took and is still owed for",
			Why: "So that the shop is paid.", Whose: mine, When: "{row}.whole AND {row}.settled = ''", AtErasure: "blank: account, member, card, proof",
		},
		{
			Collection: "reviews", What: "Stamps that somebody should look at: the shop, the till and the time, and no card",
			Why: "So that a shop and the coordinators can say whether they count.",
		},
	}...)
}
