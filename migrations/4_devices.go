package migrations

import (
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"

	"kith/internal/limits"
	"kith/internal/sync"
)

func init() { m.Register(devicesUp, devicesDown, "4_devices.go") }

// deviceColumns are what a device learns about itself and others about it.
var deviceColumns = []string{"seen", "pending", "match", "wipe", "enrolled", "enrolledUntil", "shop"}

// devicesUp: a device can wait to be admitted, be wiped, belong to a shop, and
// hold what only an enrolled one may. All that are here came in by an invite of
// this machine's console, so they are enrolled, and no coordinator is locked out.
func devicesUp(app core.App) error {
	c, err := app.FindCollectionByNameOrId("devices")
	if err != nil {
		return err
	}
	c.Fields.Add(
		&core.TextField{Name: "seen", Pattern: `^(\d{4}-\d{2}-\d{2})?$`},
		&core.BoolField{Name: "pending"},
		&core.TextField{Name: "match", Pattern: `^(\d{6})?$`},
		&core.BoolField{Name: "wipe"},
		&core.BoolField{Name: "enrolled"}, text("enrolledUntil", 30),
		text("shop", 15),
	)
	c.AddIndex("idx_devices_enrolled", false, "enrolledUntil", "enrolled")
	if err := app.Save(c); err != nil {
		return err
	}
	if err := sync.CreateShapes(app.DB()); err != nil {
		return err
	}
	_, err = app.DB().NewQuery("UPDATE devices SET enrolled = true, enrolledUntil = {:until} WHERE NOT revoked").
		Bind(dbx.Params{"until": sync.Stamp(time.Now().Add(limits.Enrolment))}).Execute()
	return err
}

func devicesDown(app core.App) error {
	if err := sync.DropShapes(app.DB()); err != nil {
		return err
	}
	c, err := app.FindCollectionByNameOrId("devices")
	if err != nil {
		return err
	}
	c.RemoveIndex("idx_devices_enrolled")
	for _, name := range deviceColumns {
		c.Fields.RemoveByName(name)
	}
	return app.Save(c)
}
