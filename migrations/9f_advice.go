package migrations

import (
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() { m.Register(adviceUp, adviceDown, "9f_advice.go") }

// advice are the values that two columns can have from here on: that a coordinator
// is asked to speak with whoever passed a concern on, that they did, and that it
// ended with advice. instead is what stands for them in the shape of before.
var advice = []struct {
	collection, column string
	values             []string
	instead            string
}{
	{"concernNotes", "kind", []string{"askedCoordinator", "spokeListener"}, "other"},
	{"concerns", "outcome", []string{"advised"}, "helped"},
}

func adviceUp(app core.App) error {
	for _, a := range advice {
		err := choices(app, a.collection, a.column, func(values []string) []string { return append(values, a.values...) })
		if err != nil {
			return err
		}
	}
	return nil
}

func adviceDown(app core.App) error {
	for _, a := range advice {
		for _, value := range a.values {
			q := app.DB().NewQuery(fmt.Sprintf("UPDATE %s SET %s = {:instead} WHERE %[2]s = {:value}", a.collection, a.column))
			if _, err := q.Bind(dbx.Params{"instead": a.instead, "value": value}).Execute(); err != nil {
				return err
			}
		}
		err := choices(app, a.collection, a.column, func(values []string) []string {
			return slices.DeleteFunc(values, func(v string) bool { return slices.Contains(a.values, v) })
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// choices changes which values a column can have.
func choices(app core.App, collection, column string, change func([]string) []string) error {
	c, err := app.FindCollectionByNameOrId(collection)
	if err != nil {
		return err
	}
	field, is := c.Fields.GetByName(column).(*core.SelectField)
	if !is {
		return fmt.Errorf("migrations: %s.%s is no choice", collection, column)
	}
	field.Values = change(field.Values)
	return app.Save(c)
}
