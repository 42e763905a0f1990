package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() { m.Register(noticesUp, noticesDown, "9h_notices.go") }

// noticesUp: what people are told, how they want to be told, and what goes out of it
// (docs/adr/0023).
func noticesUp(app core.App) error {
	communities, err := app.FindCollectionByNameOrId("communities")
	if err != nil {
		return err
	}
	communities.Fields.Add(object("push"))
	if err := app.Save(communities); err != nil {
		return err
	}
	for _, build := range []func(core.App) *core.Collection{tellings, notices, noticeChoices, registrations, deliveries} {
		if err := app.Save(build(app)); err != nil {
			return err
		}
	}
	return each(app, noticesGo, registrationsMove, registrationsGo, noticesOfHelped, noticesOfHelpedGone)
}

// tellings are what commands put down in their own transaction: who is to be told, and
// of what. after is how far they have been made into notices.
func tellings(core.App) *core.Collection {
	c := base("tellings",
		needed("whom", 60), text("but", 15), needed("template", 40), text("ref", 40), needed("at", 30),
		number("rank"), text("after", 15), flag("done"),
	)
	c.AddIndex("idx_tellings_open", false, "rank", "done = FALSE")
	return c
}

// notices are the lines of everybody's inbox. due is when it is to be decided how they
// are told, and empty once it is; gathered: they wait for the digest of a day.
func notices(app core.App) *core.Collection {
	c := base("notices",
		to(app, "member", "members", true, true), needed("template", 40), text("ref", 40), needed("at", 30), flag("read"), text("about", 15),
		hidden("due", 30), hiddenFlag("gathered"), hidden("told", 30), &core.NumberField{Name: "round", OnlyInt: true, Hidden: true}, hidden("telling", 15),
	)
	c.AddIndex("idx_notices_member", false, "member", "")
	c.AddIndex("idx_notices_same", false, "ref, template, member", "")
	c.AddIndex("idx_notices_about", false, "about", "about != ''")
	c.AddIndex("idx_notices_due", false, "due", "due != ''")
	return c
}

// noticeChoices are how a member wants to be told: its id is theirs.
func noticeChoices(core.App) *core.Collection {
	return base("noticeChoices",
		text("zone", 40), text("quietFrom", 5), text("quietUntil", 5), text("digestAt", 5),
		one("loyalty", "now", "digest", "inbox"), one("notice", "now", "digest", "inbox"), one("task", "now", "inbox"), one("account", "now", "inbox"),
		flag("email"),
	)
}

// registrations are where a phone is reached at Firebase: their id is the device's.
func registrations(app core.App) *core.Collection {
	c := base("registrations",
		to(app, "member", "members", true, true),
		&core.SelectField{Name: "kind", Values: []string{"fid", "token"}, MaxSelect: 1, Required: true, Hidden: true},
		&core.TextField{Name: "value", Max: 4096, Required: true, Hidden: true}, needed("day", 10),
	)
	c.AddIndex("idx_registrations_member", false, "member", "")
	c.AddIndex("idx_registrations_value", true, "value", "")
	return c
}

// deliveries are what goes out: one message to one phone or address. due is when one is
// tried next, or until when whoever tries it has it to themselves; empty: it has ended.
func deliveries(core.App) *core.Collection {
	c := base("deliveries",
		needed("notice", 15), &core.NumberField{Name: "round", OnlyInt: true, Hidden: true}, hidden("member", 15),
		&core.SelectField{Name: "channel", Values: []string{"push", "email"}, MaxSelect: 1, Required: true}, hidden("device", 15),
		&core.SelectField{Name: "state", Values: []string{"waiting", "leased", "sent", "gone", "seen", "dead"}, MaxSelect: 1, Required: true, Hidden: true},
		hidden("due", 30), hidden("since", 30), &core.NumberField{Name: "rank", OnlyInt: true, Hidden: true}, &core.NumberField{Name: "tries", OnlyInt: true, Hidden: true},
		hiddenFlag("digest"), text("reason", 60), needed("category", 10), needed("day", 10),
	)
	c.AddIndex("idx_deliveries_due", false, "rank, due", "due != ''")
	c.AddIndex("idx_deliveries_notice", false, "notice", "")
	c.AddIndex("idx_deliveries_member", false, "member, channel", "")
	c.AddIndex("idx_deliveries_dead", false, "day", "state = 'dead'")
	return c
}

// Whoever deletes a row, in whatever way: what hangs on it goes with it. A phone that was
// shut out, or is another's by now, is told nothing any more; a helper keeps nothing that
// was for somebody whom they don't help any more.
const (
	noticesGo         = "CREATE TRIGGER notices_go AFTER DELETE ON notices BEGIN DELETE FROM deliveries WHERE notice = OLD.id; END"
	registrationsMove = `CREATE TRIGGER registrations_move AFTER UPDATE OF member, revoked ON devices WHEN NEW.revoked OR NEW.member <> OLD.member
		BEGIN DELETE FROM registrations WHERE id = OLD.id; END`
	registrationsGo = "CREATE TRIGGER registrations_go AFTER DELETE ON devices BEGIN DELETE FROM registrations WHERE id = OLD.id; END"
	noticesOfHelped = `CREATE TRIGGER notices_of_helped AFTER UPDATE OF status ON consents WHEN NEW.status = 'ended'
		AND NOT EXISTS (SELECT 1 FROM consents WHERE member = OLD.member AND helper = OLD.helper AND status = 'active')
		BEGIN DELETE FROM notices WHERE about <> '' AND about = OLD.member AND member = OLD.helper; END`
	noticesOfHelpedGone = `CREATE TRIGGER notices_of_helped_gone AFTER DELETE ON consents
		WHEN NOT EXISTS (SELECT 1 FROM consents WHERE member = OLD.member AND helper = OLD.helper AND status = 'active')
		BEGIN DELETE FROM notices WHERE about <> '' AND about = OLD.member AND member = OLD.helper; END`
)

func noticesDown(app core.App) error {
	for _, name := range []string{"notices_go", "registrations_move", "registrations_go", "notices_of_helped", "notices_of_helped_gone"} {
		if err := each(app, "DROP TRIGGER "+name); err != nil {
			return err
		}
	}
	for _, name := range []string{"deliveries", "registrations", "noticeChoices", "notices", "tellings"} {
		c, err := app.FindCollectionByNameOrId(name)
		if err != nil {
			return err
		}
		if err := app.Delete(c); err != nil {
			return err
		}
	}
	communities, err := app.FindCollectionByNameOrId("communities")
	if err != nil {
		return err
	}
	communities.Fields.RemoveByName("push")
	return app.Save(communities)
}
