package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"

	"kith/internal/limits"
)

func init() { m.Register(actingUp, actingDown, "8_acting.go") }

// actingUp: who lets whom act for them, and what was done so. A helper is named
// by id alone: what they did stays with the person for whom they did it.
func actingUp(app core.App) error {
	consents := base("consents",
		to(app, "member", "members", true, true), text("helper", 15),
		&core.SelectField{Name: "how", Values: []string{"inPerson", "phone", "writing", "self", "attorney"}, MaxSelect: 1, Required: true},
		many("scopes", "visits", "details"), text("starts", 30), text("until", 30),
		&core.SelectField{Name: "status", Values: []string{"offered", "active", "ended"}, MaxSelect: 1, Required: true},
		text("recordedBy", 15), text("witness", limits.ShortText), hidden("codeHash", 64),
		text("endedBy", 15), text("endedAt", 30),
	)
	consents.AddIndex("idx_consents_pair", false, "member, helper", "")
	consents.AddIndex("idx_consents_helper", false, "helper", "")
	consents.AddIndex("idx_consents_code", true, "codeHash", "codeHash != ''")
	if err := app.Save(consents); err != nil {
		return err
	}
	acts := base("acts",
		to(app, "member", "members", true, true), text("helper", 15), text("consent", 15), needed("command", 64), text("at", 30),
	)
	acts.AddIndex("idx_acts_member", false, "member", "")
	acts.AddIndex("idx_acts_helper", false, "helper", "")
	if err := app.Save(acts); err != nil {
		return err
	}
	// What was done is not changed later; an erasure may still take who did it out.
	return each(app, `CREATE TRIGGER acts_stay BEFORE UPDATE ON acts
		WHEN OLD.id IS NOT NEW.id OR OLD.member IS NOT NEW.member OR OLD.consent IS NOT NEW.consent OR OLD.command IS NOT NEW.command OR OLD.at IS NOT NEW.at
		OR (OLD.helper IS NOT NEW.helper AND NEW.helper <> '')
		BEGIN SELECT RAISE(ABORT, 'what was done for somebody is not changed'); END`)
}

func actingDown(app core.App) error {
	for _, name := range []string{"acts", "consents"} {
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
