package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"

	"kith/internal/limits"
)

func init() { m.Register(circlesUp, circlesDown, "9l_circles.go") }

// neighbourly are the collections of neighbours, each after those it points at.
var neighbourly = []func(core.App) *core.Collection{
	circles, organisers, circleHelpers, circleWishes, slots, turns, everies, standbys, swaps, turnSteps, homes, addresses,
	asks, replies, contacts, messages,
}

// circlesUp: circles around somebody, the rota of what they are helped with, their
// address for one helper at a time, and small asks. What a collection is for, and who
// may see it, is in docs/permissions.md.
func circlesUp(app core.App) error {
	for _, build := range neighbourly {
		if err := app.Save(build(app)); err != nil {
			return err
		}
	}
	if err := changed(app, "invites", func(c *core.Collection) { c.Fields.Add(text("circle", 15)) }); err != nil {
		return err
	}
	return each(app, circlesGo, circlesClose, circleHelpersGo, homesGo, slotsGo, turnsGo, turnsMove, asksGo, neighboursFollow)
}

// What goes takes along what hangs on it, whoever deletes it and how.
const (
	circlesGo = `CREATE TRIGGER circles_go AFTER DELETE ON circles
		BEGIN
			DELETE FROM organisers WHERE circle = OLD.id; DELETE FROM circleHelpers WHERE circle = OLD.id;
			DELETE FROM circleWishes WHERE circle = OLD.id; DELETE FROM slots WHERE circle = OLD.id; DELETE FROM homes WHERE id = OLD.id;
		END`
	slotsGo = `CREATE TRIGGER slots_go AFTER DELETE ON slots
		BEGIN DELETE FROM turns WHERE slot = OLD.id; DELETE FROM everies WHERE slot = OLD.id; END`
	turnsGo = `CREATE TRIGGER turns_go AFTER DELETE ON turns
		BEGIN
			DELETE FROM standbys WHERE turn = OLD.id; DELETE FROM swaps WHERE turn = OLD.id;
			DELETE FROM turnSteps WHERE turn = OLD.id; DELETE FROM addresses WHERE turn = OLD.id;
		END`
	// NB! A home, and every copy of it, is for as long as there is something to come for.
	circlesClose = `CREATE TRIGGER circles_close AFTER UPDATE OF status ON circles WHEN NEW.status = 'closed'
		BEGIN DELETE FROM homes WHERE id = NEW.id; DELETE FROM addresses WHERE circle = NEW.id; END`
	// Whoever is erased: their turns are free, and nobody's wishes are about them any more.
	circleHelpersGo = `CREATE TRIGGER circle_helpers_go AFTER DELETE ON circleHelpers
		BEGIN
			DELETE FROM circleWishes WHERE helper = OLD.id; DELETE FROM everies WHERE helper = OLD.id;
			DELETE FROM standbys WHERE helper = OLD.id; DELETE FROM swaps WHERE helper = OLD.id;
			UPDATE turns SET helper = '', helperName = '', member = '', every = FALSE, status = 'free', told = '{}' WHERE helper = OLD.id;
		END`
	homesGo   = `CREATE TRIGGER homes_go AFTER DELETE ON homes BEGIN DELETE FROM addresses WHERE circle = OLD.id; END`
	turnsMove = `CREATE TRIGGER turns_move AFTER UPDATE OF member ON turns WHEN NEW.member <> OLD.member
		BEGIN DELETE FROM addresses WHERE turn = OLD.id; END`
	neighboursFollow = `CREATE TRIGGER neighbours_follow AFTER UPDATE OF firstName ON members WHEN NEW.firstName <> OLD.firstName
		BEGIN
			UPDATE organisers SET firstName = NEW.firstName WHERE member = NEW.id;
			UPDATE circleHelpers SET firstName = NEW.firstName WHERE member <> '' AND member = NEW.id;
			UPDATE turns SET helperName = NEW.firstName WHERE member <> '' AND member = NEW.id;
			UPDATE everies SET helperName = NEW.firstName WHERE member <> '' AND member = NEW.id;
			UPDATE standbys SET firstName = NEW.firstName WHERE member <> '' AND member = NEW.id;
			UPDATE swaps SET toName = NEW.firstName WHERE member = NEW.id;
			UPDATE swaps SET fromName = NEW.firstName WHERE "from" = NEW.id;
			UPDATE asks SET firstName = NEW.firstName WHERE member = NEW.id;
			UPDATE replies SET firstName = NEW.firstName WHERE member = NEW.id;
		END`
	asksGo = `CREATE TRIGGER asks_go AFTER DELETE ON asks BEGIN DELETE FROM replies WHERE ask = OLD.id; END`
)

// required is a column that holds one of some words.
func required(name string, values ...string) *core.SelectField {
	return &core.SelectField{Name: name, Values: values, MaxSelect: 1, Required: true}
}

// circles are helpers around one person, with the person's recorded agreement.
func circles(core.App) *core.Collection {
	c := base("circles",
		needed("name", limits.CircleName), needed("personName", limits.FirstName), text("words", limits.CircleWords),
		required("requires", "known", "reference", "dbs"), required("status", "open", "closed"),
		hidden("person", 15), &core.SelectField{Name: "agreedHow", Values: []string{"self", "acting"}, MaxSelect: 1, Hidden: true},
		hidden("agreedBy", 15), hidden("agreedOn", 10), hidden("closedOn", 10),
	)
	c.AddIndex("idx_circles_person", false, "person", "")
	return c
}

// organisers of a circle, beside the person.
func organisers(core.App) *core.Collection {
	c := base("organisers", needed("circle", 15), text("firstName", limits.FirstName), hidden("member", 15))
	c.AddIndex("idx_organisers_circle", true, "circle, member", "")
	c.AddIndex("idx_organisers_member", false, "member", "")
	return c
}

// circleHelpers are who helps. safety is by what they were let in; by, who let them.
func circleHelpers(core.App) *core.Collection {
	c := base("circleHelpers",
		needed("circle", 15), needed("firstName", limits.FirstName), required("status", "asked", "in", "over"),
		one("safety", "link", "known", "reference", "dbs"), hidden("member", 15), hidden("by", 15), hidden("at", 30),
	)
	c.AddIndex("idx_circleHelpers_circle", false, "circle, status", "")
	c.AddIndex("idx_circleHelpers_member", false, "member, circle", "member != ''")
	return c
}

// circleWishes are whom the person would rather have, and whom not: their id is derived
// from circle and helper.
func circleWishes(core.App) *core.Collection {
	c := base("circleWishes", needed("circle", 15), needed("helper", 15), required("wish", "preferred", "blocked"), hidden("person", 15))
	c.AddIndex("idx_circleWishes_circle", false, "circle", "")
	c.AddIndex("idx_circleWishes_helper", false, "helper", "")
	return c
}

// slots are what a circle helps with, and when. person is the circle's.
func slots(core.App) *core.Collection {
	c := base("slots",
		needed("circle", 15), required("kind", "walk", "gp", "pharmacy", "lunch", "post", "company", "other"),
		text("start", limits.SlotPlace), text("end", limits.SlotPlace), object("schedule"), text("note", limits.SlotNote),
		required("status", "on", "over"), hidden("person", 15),
	)
	c.AddIndex("idx_slots_circle", false, "circle, status", "")
	return c
}

// turns are one occurrence of a slot, with at most one helper: their id is derived from
// both. told is what each member was last told of it, by their id.
func turns(core.App) *core.Collection {
	told := object("told")
	told.Hidden = true
	c := base("turns",
		needed("circle", 15), needed("slot", 15), needed("occurrence", 16), text("helper", 15), text("helperName", limits.FirstName),
		flag("every"), required("status", "taken", "free"), hidden("member", 15), hidden("person", 15), told,
	)
	c.AddIndex("idx_turns_slot", true, "slot, occurrence", "")
	c.AddIndex("idx_turns_circle", false, "circle, occurrence", "")
	c.AddIndex("idx_turns_helper", false, "helper, occurrence", "helper != ''")
	c.AddIndex("idx_turns_member", false, "member", "member != ''")
	return c
}

// everies are who takes a slot every time: their id is derived from the slot.
func everies(core.App) *core.Collection {
	c := base("everies",
		needed("circle", 15), needed("slot", 15), needed("helper", 15), text("helperName", limits.FirstName), text("since", 16),
		hidden("member", 15), hidden("person", 15),
	)
	c.AddIndex("idx_everies_slot", true, "slot", "")
	c.AddIndex("idx_everies_helper", false, "helper", "")
	c.AddIndex("idx_everies_member", false, "member", "member != ''")
	return c
}

// standbys are who would take a turn if its helper can't: their id is derived from both.
func standbys(core.App) *core.Collection {
	c := base("standbys",
		needed("turn", 15), needed("circle", 15), needed("slot", 15), needed("occurrence", 16), needed("helper", 15),
		text("firstName", limits.FirstName), hidden("member", 15), hidden("at", 30),
	)
	c.AddIndex("idx_standbys_turn", false, "turn", "")
	c.AddIndex("idx_standbys_helper", false, "helper", "")
	c.AddIndex("idx_standbys_member", false, "member", "member != ''")
	return c
}

// swaps are that a turn's helper asks another to take it.
func swaps(core.App) *core.Collection {
	c := base("swaps",
		needed("turn", 15), needed("circle", 15), needed("slot", 15), needed("occurrence", 16), needed("helper", 15),
		text("fromName", limits.FirstName), text("toName", limits.FirstName), required("status", "asked", "yes", "no", "over"),
		hidden("member", 15), hidden("from", 15),
	)
	c.AddIndex("idx_swaps_turn", false, "turn, status", "")
	c.AddIndex("idx_swaps_helper", false, "helper", "")
	c.AddIndex("idx_swaps_members", false, "member, \"from\"", "")
	return c
}

func circlesDown(app core.App) error {
	if err := each(app, "DROP TRIGGER circles_go", "DROP TRIGGER circles_close", "DROP TRIGGER circle_helpers_go", "DROP TRIGGER homes_go", "DROP TRIGGER slots_go",
		"DROP TRIGGER turns_go", "DROP TRIGGER turns_move", "DROP TRIGGER asks_go", "DROP TRIGGER neighbours_follow"); err != nil {
		return err
	}
	if err := changed(app, "invites", func(c *core.Collection) { c.Fields.RemoveByName("circle") }); err != nil {
		return err
	}
	for _, name := range []string{
		"messages", "contacts", "replies", "asks", "addresses", "homes", "turnSteps", "swaps", "standbys", "everies", "turns", "slots",
		"circleWishes", "circleHelpers", "organisers", "circles",
	} {
		c, err := app.FindCollectionByNameOrId(name)
		if err != nil {
			return err
		}
		if err := app.Delete(c); err != nil {
			return err
		}
	}
	return nil
}
