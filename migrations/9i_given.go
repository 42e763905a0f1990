package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() { m.Register(givenUp, givenDown, "9i_given.go") }

// givenUp: since when an urgent concern waits for whom somebody else gave it to. Empty:
// they have looked, or took it themselves.
func givenUp(app core.App) error {
	concerns, err := app.FindCollectionByNameOrId("concerns")
	if err != nil {
		return err
	}
	concerns.Fields.Add(hidden("given", 30))
	return app.Save(concerns)
}

func givenDown(app core.App) error {
	concerns, err := app.FindCollectionByNameOrId("concerns")
	if err != nil {
		return err
	}
	concerns.Fields.RemoveByName("given")
	return app.Save(concerns)
}
