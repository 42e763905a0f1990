package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"

	"kith/internal/limits"
)

func init() { m.Register(triageUp, triageDown, "9d_triage.go") }

// triageUp: what responders did, who opened what wasn't theirs, and the figures.
func triageUp(app core.App) error {
	concerns, err := app.FindCollectionByNameOrId("concerns")
	if err != nil {
		return err
	}
	concerns.Fields.Add(hidden("grouped", 15), &core.BoolField{Name: "prompt", Hidden: true})
	concerns.AddIndex("idx_concerns_grouped", false, "grouped", "grouped != ''")
	notes := base("concernNotes",
		needed("concern", 15), text("by", 15),
		&core.SelectField{Name: "kind", Values: []string{"rang", "visited", "spoke", "wrote", "handedCoach", "handedSurgery", "handedCouncil", "handedGroup", "other"}, MaxSelect: 1, Required: true},
		needed("hour", 13), &core.BoolField{Name: "lead"}, hidden("keyName", 16), hidden("sealed", limits.ConcernSealed),
	)
	notes.AddIndex("idx_concernNotes_concern", false, "concern", "")
	glasses := base("breakGlasses",
		needed("concern", 15), text("by", 15), needed("at", 30), &core.BoolField{Name: "seen"}, hidden("keyName", 16), hidden("sealed", limits.ConcernSealed),
	)
	glasses.AddIndex("idx_breakGlasses_concern", false, "concern", "")
	figures := base("concernFigures",
		&core.TextField{Name: "quarter", Pattern: `^\d{4}-Q[1-4]$`, Required: true}, text("area", limits.ConcernArea), needed("measure", 20), needed("shown", 20),
	)
	figures.AddIndex("idx_concernFigures_one", true, "quarter, area, measure", "")
	for _, c := range []*core.Collection{concerns, notes, glasses, figures} {
		if err := app.Save(c); err != nil {
			return err
		}
	}
	return nil
}

func triageDown(app core.App) error {
	for _, name := range []string{"concernFigures", "breakGlasses", "concernNotes"} {
		c, err := app.FindCollectionByNameOrId(name)
		if err != nil {
			return err
		}
		if err := app.Delete(c); err != nil {
			return err
		}
	}
	concerns, err := app.FindCollectionByNameOrId("concerns")
	if err != nil {
		return err
	}
	concerns.RemoveIndex("idx_concerns_grouped")
	concerns.Fields.RemoveByName("grouped")
	concerns.Fields.RemoveByName("prompt")
	return app.Save(concerns)
}
