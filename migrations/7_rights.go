package migrations

import (
	"errors"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"

	"kith/internal/audit"
	"kith/internal/sync"
)

func init() { m.Register(rightsUp, rightsDown, "7_rights.go") }

// rightsUp makes the record of what was done with power over others, which is a
// table of its own and no collection, so that no dashboard writes to it; and what
// sync has to remember to forget the rest.
func rightsUp(app core.App) error {
	return errors.Join(audit.CreateTable(app.DB()), sync.CreateSettled(app.DB()))
}

func rightsDown(app core.App) error {
	return errors.Join(sync.DropSettled(app.DB()), audit.DropTable(app.DB()))
}
