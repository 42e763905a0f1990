package migrations

import (
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
)

// buddies are members who offered to go along with newcomers of one group.
func buddies(app core.App) *core.Collection {
	c := base("buddies",
		to(app, "listing", "listings", true, true), to(app, "member", "members", true, true), text("firstName", limits.FirstName), object("interests"),
		&core.SelectField{Name: "status", Values: []string{"offered", "approved", "declined", "ended"}, MaxSelect: 1, Required: true},
		hidden("at", 30),
	)
	c.AddIndex("idx_buddies_listing", false, "listing", "")
	c.AddIndex("idx_buddies_member", false, "member", "")
	return c
}

// pairings are a buddy and a newcomer of one group. buddyMember and newcomer are who
// they are, where they have an account; opened and ended are when, to the second: a
// call is due only of what was missed in between.
func pairings(app core.App) *core.Collection {
	c := base("pairings",
		to(app, "listing", "listings", true, true), text("regular", 15), text("visit", 15), text("buddy", 15),
		text("buddyName", limits.FirstName), text("newcomerName", limits.FirstName),
		&core.SelectField{Name: "status", Values: []string{"asked", "open", "declined", "noThanks", "ended"}, MaxSelect: 1, Required: true},
		text("since", 10), hidden("newcomer", 15), hidden("buddyMember", 15), hidden("by", 15), hidden("opened", 30), hidden("ended", 30),
	)
	c.AddIndex("idx_pairings_listing", false, "listing", "")
	c.AddIndex("idx_pairings_regular", false, "regular", "regular != ''")
	c.AddIndex("idx_pairings_newcomer", false, "newcomer", "newcomer != ''")
	c.AddIndex("idx_pairings_buddy", false, "buddyMember", "buddyMember != ''")
	return c
}

// pairingContacts are what the newcomer chose to hand over to their buddy: the id is the
// pairing's.
func pairingContacts(core.App) *core.Collection {
	return base("pairingContacts", text("phone", limits.ContactPhone), hidden("member", 15), hidden("buddyMember", 15))
}

// calls are what a buddy does after their newcomer didn't come: the id is derived from
// the pairing and the occurrence. toHosts: nobody else can do it any more.
func calls(app core.App) *core.Collection {
	c := base("calls",
		to(app, "pairing", "pairings", true, true), text("listing", 15), needed("occurrence", 16), text("firstName", limits.FirstName),
		&core.SelectField{Name: "state", Values: []string{"due", "done", "void"}, MaxSelect: 1, Required: true},
		one("outcome", "fine", "needs", "noAnswer"), text("due", 10), flag("toHosts"), hidden("member", 15), hidden("doneAt", 30),
	)
	c.AddIndex("idx_calls_pairing", false, "pairing", "")
	c.AddIndex("idx_calls_member", false, "member", "member != ''")
	c.AddIndex("idx_calls_due", false, "due", "state = 'due'")
	return c
}

// hostCards are how an activator shows themselves, for as long as they want to: the id
// is the member's.
func hostCards(core.App) *core.Collection {
	return base("hostCards", text("firstName", limits.FirstName), text("text", limits.HostCard), object("listings"), flag("shown"))
}

// returnFigures are who came for the first time, came back and stayed away, in numbers:
// of one listing, or of all of a price point or a kind of venue (of and value).
func returnFigures(core.App) *core.Collection {
	c := base("returnFigures",
		text("listing", 15), one("of", "group", "price", "venue"), text("value", 20), needed("period", 10), needed("measure", 20), needed("shown", 20),
	)
	c.AddIndex("idx_returnFigures_one", true, `listing, "of", value, period, measure`, "")
	return c
}
