package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"

	"kith/internal/sync"
)

func init() { m.Register(syncUp, syncDown, "2_sync.go") }

// syncUp creates the tables of the change index. Its triggers are generated
// from the declared audiences at every start, see internal/sync.
func syncUp(app core.App) error { return sync.CreateTables(app.DB()) }

func syncDown(app core.App) error { return sync.DropTables(app.DB()) }
