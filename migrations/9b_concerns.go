package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"

	"kith/internal/limits"
)

func init() { m.Register(concernsUp, concernsDown, "9b_concerns.go") }

// concernsUp: sealed concerns, and the keys that phones seal them to.
//
// NB! There is no column for who brought one, and none with a time finer than the
// hour: a copy of this database must not tell who worried about whom.
func concernsUp(app core.App) error {
	if err := communityKeys(app); err != nil {
		return err
	}
	c := base("concerns",
		one("urgency", "normal", "urgent"), text("area", limits.ConcernArea),
		&core.TextField{Name: "hour", Pattern: `^(\d{4}-\d{2}-\d{2}T\d{2})?$`},
		&core.TextField{Name: "received", Pattern: `^(\d{4}-\d{2}-\d{2} \d{2}:00:00\.000Z)?$`},
		&core.TextField{Name: "quarter", Pattern: `^(\d{4}-Q[1-4])?$`},
		&core.SelectField{Name: "state", Values: []string{"new", "assigned", "closed", "withdrawn"}, MaxSelect: 1, Required: true},
		&core.BoolField{Name: "lead"}, text("assignee", 15), text("picked", 30), text("closedOn", 30),
		one("outcome", "helped", "takenUp", "handedOver", "declined", "noAnswer", "notAConcern"),
		text("link", 15), &core.NumberField{Name: "escalated", OnlyInt: true},
		hidden("keyName", 16), hidden("sealed", limits.ConcernSealed), hidden("person", 64), hidden("receipt", 64), hidden("till", 64),
	)
	c.AddIndex("idx_concerns_receipt", true, "receipt", "receipt != ''")
	c.AddIndex("idx_concerns_person", false, "person", "person != ''")
	c.AddIndex("idx_concerns_till", false, "till", "till != ''")
	c.AddIndex("idx_concerns_state", false, "state, received", "")
	return app.Save(c)
}

// communityKeys gives the community its bundle of keys.
func communityKeys(app core.App) error {
	c, err := app.FindCollectionByNameOrId("communities")
	if err != nil {
		return err
	}
	c.Fields.Add(text("keys", limits.KeyBundle))
	return app.Save(c)
}

func concernsDown(app core.App) error {
	c, err := app.FindCollectionByNameOrId("concerns")
	if err != nil {
		return err
	}
	if err := app.Delete(c); err != nil {
		return err
	}
	community, err := app.FindCollectionByNameOrId("communities")
	if err != nil {
		return err
	}
	community.Fields.RemoveByName("keys")
	return app.Save(community)
}
