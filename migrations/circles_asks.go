package migrations

import (
	"github.com/pocketbase/pocketbase/core"

	"kith/internal/limits"
)

// turnSteps are where a helper is with their turn, by their own word: the id is derived
// from the turn.
func turnSteps(core.App) *core.Collection {
	c := base("turnSteps",
		needed("turn", 15), needed("circle", 15), needed("slot", 15), needed("occurrence", 16),
		required("step", "onWay", "here", "home", "noAnswer"), text("at", 30), hidden("member", 15), hidden("person", 15),
	)
	c.AddIndex("idx_turnSteps_circle", false, "circle, occurrence", "")
	c.AddIndex("idx_turnSteps_member", false, "member", "member != ''")
	return c
}

// homes are where a circle's person lives: the id is the circle's.
func homes(core.App) *core.Collection {
	return base("homes", text("address", limits.HomeAddress), text("door", limits.HomeDoor),
		text("ringName", limits.FirstName), text("ringPhone", limits.ContactPhone), hidden("person", 15))
}

// addresses are the copy of a home for one turn's helper, until then: the id is derived
// from the turn.
func addresses(core.App) *core.Collection {
	c := base("addresses",
		needed("turn", 15), needed("circle", 15), needed("slot", 15), needed("occurrence", 16),
		text("address", limits.HomeAddress), text("door", limits.HomeDoor), text("ringName", limits.FirstName), text("ringPhone", limits.ContactPhone),
		needed("until", 30), hidden("member", 15),
	)
	c.AddIndex("idx_addresses_turn", true, "turn", "")
	c.AddIndex("idx_addresses_circle", false, "circle", "")
	c.AddIndex("idx_addresses_member", false, "member", "")
	return c
}

// asks are small things that somebody would like help with.
func asks(core.App) *core.Collection {
	c := base("asks",
		needed("kind", 20), needed("day", 10), required("part", "morning", "afternoon", "evening", "any"), text("words", limits.AskWords),
		needed("firstName", limits.FirstName), required("status", "open", "settled", "over"), hidden("member", 15),
	)
	c.AddIndex("idx_asks_member", false, "member", "")
	c.AddIndex("idx_asks_day", false, "day", "")
	return c
}

// replies are that somebody can, one of a member to an ask. apart: the two want nothing to
// do with one another, and the asker never hears of it.
func replies(core.App) *core.Collection {
	c := base("replies",
		needed("ask", 15), needed("firstName", limits.FirstName), one("safety", "link", "known", "reference", "dbs"), text("words", limits.AskWords),
		required("status", "offered", "chosen", "over"), hidden("member", 15), hidden("asker", 15), hiddenFlag("apart"), hidden("at", 30),
	)
	c.AddIndex("idx_replies_ask", false, "ask", "")
	c.AddIndex("idx_replies_member", false, "member", "")
	c.AddIndex("idx_replies_asker", false, "asker", "")
	return c
}

// contacts are a number that somebody gave to somebody else; both: the other one did,
// too. side says whether it is of whoever would like help, or of whoever helps: their id
// is derived from it and from what they are about. circle: to its organisers.
func contacts(core.App) *core.Collection {
	c := base("contacts",
		needed("about", 15), required("side", "asks", "helps"), text("firstName", limits.FirstName), text("phone", limits.ContactPhone),
		hidden("member", 15), hidden("other", 15), hidden("circle", 15), hiddenFlag("both"), hidden("at", 30),
	)
	c.AddIndex("idx_contacts_about", false, "about", "")
	c.AddIndex("idx_contacts_members", false, "member, other", "")
	return c
}

// messages are relayed: neither has the other's number. circle: to its organisers.
func messages(core.App) *core.Collection {
	c := base("messages",
		needed("about", 15), required("side", "asks", "helps"), text("fromName", limits.FirstName), needed("text", limits.Relayed), needed("day", 10), text("at", 30),
		hidden("member", 15), hidden("to", 15), hidden("circle", 15), hiddenFlag("apart"),
	)
	c.AddIndex("idx_messages_about", false, "about", "")
	c.AddIndex("idx_messages_member", false, "member", "")
	c.AddIndex("idx_messages_to", false, "\"to\"", "")
	return c
}
