package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"

	"kith/internal/limits"
)

func init() { m.Register(surgeryUp, surgeryDown, "9e_surgery.go") }

// surgeryUp: sealed notes to the surgery.
//
// NB! There is no index over person: with one, a note about somebody who is known
// would touch other pages than a first one.
func surgeryUp(app core.App) error {
	return app.Save(base("surgeryNotes",
		needed("hour", 13), needed("received", 30),
		&core.SelectField{Name: "state", Values: []string{"new", "done"}, MaxSelect: 1, Required: true},
		hidden("keyName", 16), hidden("sealed", limits.ConcernSealed), hidden("person", 64),
	))
}

func surgeryDown(app core.App) error {
	c, err := app.FindCollectionByNameOrId("surgeryNotes")
	if err != nil {
		return err
	}
	return app.Delete(c)
}
