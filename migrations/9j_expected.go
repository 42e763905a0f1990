package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"

	"kith/internal/limits"
)

func init() { m.Register(expectedUp, expectedDown, "9j_expected.go") }

// welcomes are how somebody can be met; the first two there were before.
var welcomes = []string{"none", "door", "walk", "look"}

// expected are the collections of being expected, each after those it points at.
var expected = []func(core.App) *core.Collection{
	regulars, registers, marks, buddies, pairings, pairingContacts, calls, hostCards, returnFigures,
}

// expectedUp: what newcomers say, who came, who goes along with whom, and who is rung.
// What a collection is for, and who may see it, is in docs/permissions.md.
func expectedUp(app core.App) error {
	if err := reshapeWelcomes(app, welcomes, func(c *core.Collection) {
		c.Fields.Add(text("say", limits.Say), object("interests"), flag("first"), text("regular", 15))
	}); err != nil {
		return err
	}
	for _, build := range expected {
		if err := app.Save(build(app)); err != nil {
			return err
		}
	}
	return each(app, callsClose)
}

// What isn't due any more is no task on anybody's phone.
const callsClose = `CREATE TRIGGER calls_close AFTER UPDATE OF state ON calls WHEN OLD.state = 'due' AND NEW.state <> 'due'
	BEGIN
		UPDATE notices SET read = TRUE, due = '' WHERE template IN ('call.due', 'call.unanswered') AND ref = OLD.id AND NOT read;
		UPDATE tellings SET done = TRUE WHERE template IN ('call.due', 'call.unanswered') AND ref = OLD.id AND done = FALSE;
	END`

// reshapeWelcomes sets which welcomes there are, and what else change does.
func reshapeWelcomes(app core.App, values []string, change func(*core.Collection)) error {
	c, err := app.FindCollectionByNameOrId("visits")
	if err != nil {
		return err
	}
	c.Fields.Add(&core.SelectField{Name: "welcome", Values: values, MaxSelect: 1, Required: true})
	change(c)
	return app.Save(c)
}

// told is what was said of a row's columns, by which phone and when: so that whatever
// order it arrives in, the same is left (internal/register).
func told() *core.JSONField {
	return &core.JSONField{Name: "told", MaxSize: limits.JSONColumn, Hidden: true}
}

// regulars are the lines of a group's own register. same: another phone had added this
// one already, as that line. last is the day of their last mark.
func regulars(app core.App) *core.Collection {
	c := base("regulars",
		to(app, "listing", "listings", true, true), needed("firstName", limits.FirstName), text("since", 10), flag("ended"),
		hidden("member", 15), hidden("visit", 15), hidden("same", 15), hidden("last", 10), told(),
	)
	c.AddIndex("idx_regulars_listing", false, "listing", "")
	c.AddIndex("idx_regulars_member", false, "member", "member != ''")
	return c
}

// registers are who came to one occurrence: their id is derived from both.
func registers(app core.App) *core.Collection {
	c := base("registers",
		to(app, "listing", "listings", true, true), needed("occurrence", 16),
		&core.SelectField{Name: "state", Values: []string{"open", "taken"}, MaxSelect: 1, Required: true},
		number("heads"), text("at", 30), hidden("by", 15), told(),
	)
	c.AddIndex("idx_registers_listing", false, "listing, occurrence", "")
	return c
}

// marks are one regular on one register: their id is derived from both.
func marks(app core.App) *core.Collection {
	c := base("marks",
		to(app, "register", "registers", true, true), to(app, "listing", "listings", true, true), to(app, "regular", "regulars", true, true),
		&core.SelectField{Name: "state", Values: []string{"here", "away", "excused", "none"}, MaxSelect: 1, Required: true},
		flag("first"), flag("welcomed"), text("introduced", limits.Introduced),
		hidden("occurrence", 16), hidden("by", 15), hidden("occurredAt", 30), hidden("clock", 10), told(),
	)
	c.AddIndex("idx_marks_register", false, "register", "")
	c.AddIndex("idx_marks_regular", false, "regular, occurrence", "")
	c.AddIndex("idx_marks_listing", false, "listing, occurrence", "")
	return c
}

func expectedDown(app core.App) error {
	if err := each(app, "DROP TRIGGER calls_close"); err != nil {
		return err
	}
	for _, name := range []string{"returnFigures", "hostCards", "calls", "pairingContacts", "pairings", "buddies", "marks", "registers", "regulars"} {
		c, err := app.FindCollectionByNameOrId(name)
		if err != nil {
			return err
		}
		if err := app.Delete(c); err != nil {
			return err
		}
	}
	// NB! Who wanted to be walked with is met at the door, and not by nobody.
	if err := each(app, "UPDATE visits SET welcome = iif(welcome = 'walk', 'door', 'none') WHERE welcome IN ('walk', 'look')"); err != nil {
		return err
	}
	return reshapeWelcomes(app, welcomes[:2], func(c *core.Collection) {
		for _, name := range []string{"say", "interests", "first", "regular"} {
			c.Fields.RemoveByName(name)
		}
	})
}
