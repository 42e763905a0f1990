package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"

	"kith/internal/sync"
)

func init() { m.Register(printsUp, printsDown, "9a_prints.go") } // NB! by name: 10_ would come before 2_

// printsUp makes room for what kith doctor compares rows with.
func printsUp(app core.App) error { return sync.CreatePrints(app.DB()) }

func printsDown(app core.App) error { return sync.DropPrints(app.DB()) }
